using System.Text;
using System.Text.Json;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Tests.Keys;

public sealed class JsonKeyPathTests
{
    [Theory]
    [InlineData("$.id", """{"id":"a-1"}""", "a-1")]
    [InlineData("$.order.id", """{"order":{"id":"a-2"}}""", "a-2")]
    [InlineData("$['order'][\"id\"]", """{"order":{"id":"a-3"}}""", "a-3")]
    [InlineData("$.lines[1].id", """{"lines":[{"id":"x"},{"id":"a-4"}]}""", "a-4")]
    [InlineData("$['it\\'s a key']", """{"it's a key":"a-5"}""", "a-5")]
    [InlineData("$[0]", """["a-6"]""", "a-6")]
    [InlineData("$.number", """{"number":12345678901234567890}""", "12345678901234567890")]
    public void A_path_finds_the_text_or_the_number_at_its_place(string path, string json, string expected) =>
        Assert.Equal(expected, JsonKeyPath.Parse(path).Find(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"other":"a"}""")]
    [InlineData("""{"order":"a"}""")]
    [InlineData("""{"order":{"id":null}}""")]
    [InlineData("""{"order":{"id":true}}""")]
    [InlineData("""{"order":{"id":{}}}""")]
    [InlineData("""[]""")]
    public void Where_there_is_no_text_there_is_no_key(string json) => Assert.Null(JsonKeyPath.Parse("$.order.id").Find(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("id")]
    [InlineData("$.")]
    [InlineData("$..id")]
    [InlineData("$.*")]
    [InlineData("$[*]")]
    [InlineData("$[-1]")]
    [InlineData("$[0")]
    [InlineData("$['id'")]
    [InlineData("$['id")]
    [InlineData("$['a\\n']")]
    [InlineData("$.id ")]
    [InlineData("$.1a")]
    [InlineData("$[?@.id]")]
    public void A_path_that_could_find_more_than_one_value_or_none_is_refused(string path) => Assert.Throws<FormatException>(() => JsonKeyPath.Parse(path));

    [Fact]
    public void A_member_that_is_there_twice_is_no_key() =>
        Assert.ThrowsAny<JsonException>(() => JsonKeyPath.Parse("$.id").Find("""{"id":"a","id":"b"}"""u8.ToArray()));

    // The unescaping throws InvalidOperationException, which no caller expects of a body.
    [Theory]
    [InlineData("""{"order":{"id":"\ud800"}}""")]
    [InlineData("""{"order":{"\ud800":"a"}}""")]
    [InlineData("""{"\udc00aa":"a"}""")]
    public void Half_a_surrogate_pair_is_told_as_a_fault_of_the_body(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonKeyPath.Parse("$.order.id").Find(Encoding.UTF8.GetBytes(json)));
}
