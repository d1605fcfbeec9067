namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class HttpIdempotencyOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new HttpIdempotencyOptions().Validate());

    [Theory]
    [InlineData("MaxWait", "-00:00:01")]
    [InlineData("MaxWait", "00:10:01")]
    [InlineData("UnavailableRetryAfter", "00:00:00")]
    [InlineData("UnavailableRetryAfter", "01:00:01")]
    public void A_time_out_of_range_is_named(string setting, string value)
    {
        var options = new HttpIdempotencyOptions();
        typeof(HttpIdempotencyOptions).GetProperty(setting)!.SetValue(options, TimeSpan.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains($"Idempotency:Http:{setting} is", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData((100 * 1024 * 1024) + 1)]
    public void A_body_limit_out_of_range_is_named(int limit) =>
        Assert.Contains("MaxBodyBytes", Assert.Single(new HttpIdempotencyOptions { MaxBodyBytes = limit }.Validate()), StringComparison.Ordinal);

    [Theory]
    [InlineData("/problems/")]
    [InlineData("https://example.org/problems")]
    public void A_problem_base_that_makes_no_types_is_named(string uri) =>
        Assert.Contains("ProblemTypeBase", Assert.Single(new HttpIdempotencyOptions { ProblemTypeBase = new Uri(uri, UriKind.RelativeOrAbsolute) }.Validate()), StringComparison.Ordinal);

    [Theory]
    [InlineData("set-cookie")]
    [InlineData("Date")]
    public void Headers_of_one_response_can_not_be_replayed(string header)
    {
        var options = new HttpIdempotencyOptions();
        options.ReplayedHeaders.Add(header);
        Assert.Contains(header, Assert.Single(options.Validate()), StringComparison.Ordinal);
    }
}
