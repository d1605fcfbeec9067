using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Tests.Keys;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [InlineData("  \"a\"\t", "a")]
    [InlineData("\"a\\\"b\\\\c\"", "a\"b\\c")]
    public void A_quoted_and_a_bare_key_are_read(string header, string expected)
    {
        Assert.True(IdempotencyKey.TryParse(header, out var key, out _));
        Assert.Equal(expected, key.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    [InlineData("\"a\\n\"")]
    [InlineData("a b")]
    [InlineData("a\u0001b")]
    [InlineData("schlüssel")]
    public void A_malformed_key_is_refused_with_a_reason(string header)
    {
        Assert.False(IdempotencyKey.TryParse(header, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void A_key_may_have_255_characters_and_no_more()
    {
        Assert.True(IdempotencyKey.TryParse(new string('k', 255), out _, out _));
        Assert.False(IdempotencyKey.TryParse(new string('k', 256), out _, out var fault));
        Assert.Contains("256", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_was_never_given_a_value_says_so() =>
        Assert.Throws<InvalidOperationException>(() => default(IdempotencyKey).Value);
}
