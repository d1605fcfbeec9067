using System.Text;
using CsCheck;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Tests.Fingerprints;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{ "b" : 2, "a" : 1 }""")]
    [InlineData("""{"a":1.50}""", """{"a":15e-1}""")]
    [InlineData("""{"a":100}""", """{"a":1.0E+2}""")]
    [InlineData("""{"a":-0.0}""", """{"a":0}""")]
    [InlineData("""{"a":"é/"}""", """{"a":"\u00e9\/"}""")]
    [InlineData("""{"a":{"x":[1,{"q":1,"p":2}],"y":null}}""", """{"a":{"y":null,"x":[1,{"p":2,"q":1}]}}""")]
    public void Texts_that_mean_the_same_have_one_fingerprint(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":9007199254740993}""", """{"a":9007199254740992}""")]
    [InlineData("""{"a":0.1}""", """{"a":0.10000000000000001}""")]
    [InlineData("""{"a":1}""", """{"a":-1}""")]
    [InlineData("""{"a":10}""", """{"a":1}""")]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"a":"x","b":""}""", """{"a":"","b":"x"}""")]
    public void Texts_that_differ_in_meaning_have_two(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":1e99999999999999999999}""")]
    public void A_text_without_one_meaning_is_refused(string json) => Assert.Throws<CanonicalJsonException>(() => Of(json));

    [Fact]
    public void Nesting_deeper_than_64_is_refused() => Assert.Throws<CanonicalJsonException>(() => Of(new string('[', 65) + new string(']', 65)));

    [Fact]
    public void The_operation_is_part_of_the_fingerprint() =>
        Assert.NotEqual(Fingerprint.FromJson("capture", default), Fingerprint.FromJson("refund", default));

    [Fact]
    public void Bytes_and_json_are_two_kinds() =>
        Assert.NotEqual(Fingerprint.FromJson("op", "{}"u8.ToArray()), Fingerprint.FromBytes("op", "{}"u8));

    [Fact]
    public void A_number_keeps_its_value_however_it_is_written() =>
        Gen.Select(Gen.Long, Gen.Int[0, 12]).Sample((value, zeros) =>
        {
            var plain = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(CanonicalNumber.Normalize(plain), CanonicalNumber.Normalize($"{plain}.{new string('0', zeros + 1)}"));
            Assert.Equal(CanonicalNumber.Normalize(plain), CanonicalNumber.Normalize($"{plain}{new string('0', zeros)}e-{zeros}"));
        });

    private static Fingerprint Of(string json) => Fingerprint.FromJson("op", Encoding.UTF8.GetBytes(json));
}
