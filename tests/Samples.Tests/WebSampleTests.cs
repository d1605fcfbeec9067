using System.Net;

namespace Samples.Tests;

public sealed class WebSampleTests
{
    private const string Order = """{"sku":"chair","quantity":1}""";

    [Theory]
    [InlineData("MinimalApi")]
    [InlineData("Controllers")]
    public async Task A_post_runs_once_for_its_key_and_is_replayed(string sample)
    {
        await using var app = await WebSample.StartAsync(sample);

        var first = await app.PostAsync("/orders", Order, "k-1");
        var again = await app.PostAsync("/orders", Order, "k-1");
        var other = await app.PostAsync("/orders", Order, "k-2");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.NotEqual(first.Headers.Location, other.Headers.Location);
    }

    [Theory]
    [InlineData("MinimalApi")]
    [InlineData("Controllers")]
    public async Task A_post_without_a_key_and_a_key_with_another_body_are_refused(string sample)
    {
        await using var app = await WebSample.StartAsync(sample);

        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("/orders", Order, key: null)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/orders", Order, "k-1")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.PostAsync("/orders", """{"sku":"table","quantity":1}""", "k-1")).StatusCode);
    }

    [Fact]
    public async Task A_key_may_be_left_out_where_it_is_optional()
    {
        await using var app = await WebSample.StartAsync("MinimalApi");

        async Task<string> ChangeAsync(string? key) => await (await app.SendAsync(HttpMethod.Patch, "/orders/1", Order, key)).Content.ReadAsStringAsync();

        Assert.Equal(await ChangeAsync("k-1"), await ChangeAsync("k-1"));
        Assert.NotEqual(await ChangeAsync(null), await ChangeAsync(null));
    }

    [Fact]
    public async Task A_retry_after_a_failed_mail_charges_once()
    {
        await using var app = await WebSample.StartAsync("OutsideEffect");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await app.PostAsync("/payments", """{"amount":1250}""", "k-1")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/payments", """{"amount":1250}""", "k-1")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/payments", """{"amount":1250}""", "k-1")).StatusCode);

        Assert.Equal("""{"made":1,"calls":1}""", await app.GetAsync("/charges"));
    }
}
