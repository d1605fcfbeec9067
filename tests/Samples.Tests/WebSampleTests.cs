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

    // docs/crashes.md: the bank's reply to 13 is lost, 12 does not reach it.
    [Fact]
    public async Task A_blocked_transfer_is_not_made_again_and_a_probed_one_is_found_or_made()
    {
        await using var app = await WebSample.StartAsync("Transfers");

        Assert.Equal(HttpStatusCode.InternalServerError, (await app.PostAsync("/transfers", """{"amount":13}""", "k-1")).StatusCode);
        var blocked = await app.PostAsync("/transfers", """{"amount":13}""", "k-1");
        Assert.Equal(HttpStatusCode.Conflict, blocked.StatusCode);
        Assert.Contains("idempotency-outcome-unknown", await blocked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("1", await app.GetAsync("/bank"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await app.PostAsync("/probed-transfers", """{"amount":13}""", "k-2")).StatusCode);
        var found = await app.PostAsync("/probed-transfers", """{"amount":13}""", "k-2");
        Assert.Equal(HttpStatusCode.Created, found.StatusCode);
        Assert.NotNull(found.Headers.Location);
        Assert.Equal("2", await app.GetAsync("/bank"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await app.PostAsync("/probed-transfers", """{"amount":12}""", "k-3")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/probed-transfers", """{"amount":12}""", "k-3")).StatusCode);
        Assert.Equal("3", await app.GetAsync("/bank"));
    }

    [Fact]
    public async Task A_single_trip_is_replayed_and_a_token_is_not_stored()
    {
        await using var app = await WebSample.StartAsync("Transfers");

        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("/notes", "{}", "k-1")).StatusCode);
        Assert.Contains("true", (await app.PostAsync("/notes", "{}", "k-1")).Headers.GetValues("Idempotency-Replayed"));

        Assert.NotEmpty(await (await app.PostAsync("/tokens", "{}", "k-2")).Content.ReadAsStringAsync());
        var again = await app.PostAsync("/tokens", "{}", "k-2");
        Assert.Contains("true", again.Headers.GetValues("Idempotent-Replayed"));
        Assert.Empty(await again.Content.ReadAsStringAsync());
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
