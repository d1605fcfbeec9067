using System.Text.Json;
using Payments.Numbers;

namespace Payments.Tests.Numbers;

public sealed class WholeNumberTests
{
    [Theory]
    [InlineData("1250", 1250L)]
    [InlineData("1250.0", 1250L)]
    [InlineData("1.25e3", 1250L)]
    [InlineData("-12.5E+1", -125L)]
    [InlineData("-0", 0L)]
    [InlineData("0e-400000000000", 0L)]
    [InlineData("9223372036854775807.000", long.MaxValue)]
    [InlineData("-9223372036854775808.0", long.MinValue)]
    [InlineData("1.00000000000000000000000000000000", 1L)]
    [InlineData("0.99999999999999999999999999999999", null)]
    [InlineData("1.00000000000000000000000000000001", null)]
    [InlineData("12.5", null)]
    [InlineData("1e-1", null)]
    [InlineData("1e19", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1e400000000000", null)]
    [InlineData("1e-400000000000", null)]
    [InlineData("\"1\"", null)]
    public void A_number_is_whole_by_its_digits(string json, long? expected)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(expected, WholeNumber.Of(document.RootElement));
    }
}
