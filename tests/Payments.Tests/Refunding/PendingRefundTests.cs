using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Payments.Tests.Refunding;

/// <summary>A refund that the gateway takes and does not do at once: told as that, booked once the money has moved, and shown to a person where it does not.</summary>
public sealed class PendingRefundTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(_clock);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task It_is_202_and_booked_once_the_money_has_moved()
    {
        var id = await PayAsync("pm_refund_async_60000");

        using var taken = await RefundAsync(id, "r-1");
        Assert.Equal((HttpStatusCode.Accepted, "refunding"), (taken.StatusCode, await StatusAsync(id)));
        Assert.Equal($"/api/payments/{id}", taken.Headers.Location?.ToString());
        Assert.Equal(("refunding", 2), (Text(await ApiHost.JsonAsync(taken), "status"), await LedgerAsync(id)));
        using var other = await RefundAsync(id, "r-2");
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("A payment that is refunding", Text(await ApiHost.JsonAsync(other), "detail"), StringComparison.Ordinal);

        await _host.Undecided.SweepAsync(default);
        Assert.Equal(("refunding", 2), (await StatusAsync(id), await LedgerAsync(id)));
        Assert.Equal(["payment.captured"], await EventsAsync());

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _host.Undecided.SweepAsync(default);
        await _host.Undecided.SweepAsync(default);

        Assert.Equal(("refunded", 4), (await StatusAsync(id), await LedgerAsync(id)));
        Assert.Equal(["payment.captured", "payment.refunded"], await EventsAsync());
        Assert.Empty((await _host.GetAsync("/api/parked")).EnumerateArray());

        // The answer to the request stays what it was; the payment has moved on.
        using var replayed = await RefundAsync(id, "r-1");
        Assert.Equal((HttpStatusCode.Accepted, true), (replayed.StatusCode, replayed.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(await taken.Content.ReadAsStringAsync(), await replayed.Content.ReadAsStringAsync());
        using var late = await RefundAsync(id, "r-3");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    // The second refund ends by an operation of its own: under the first one's it would be taken for failed.
    [Fact]
    public async Task One_that_comes_to_nothing_is_shown_alerted_once_and_may_be_asked_for_again()
    {
        var id = await PayAsync("pm_refund_fails_60000");
        using var taken = await RefundAsync(id, "r-1");
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);

        await SweepForAsync(minutes: 10);

        Assert.Equal(("refund-failed", 2), (await StatusAsync(id), await LedgerAsync(id)));
        Assert.Equal(1, (await _host.GetAsync($"/api/payments/{id}")).GetProperty("refundFailures").GetInt32());
        var shown = Assert.Single((await _host.GetAsync("/api/parked")).EnumerateArray());
        Assert.Equal((id, "refund"), (Text(shown, "paymentId"), Text(shown, "doing")));
        Assert.StartsWith("The refund came to nothing.", Text(shown, "reason"), StringComparison.Ordinal);
        Assert.Contains("needs a person's decision", Assert.Single(_host.Errors.Lines), StringComparison.Ordinal);
        using var replayed = await RefundAsync(id, "r-1");
        Assert.Equal(HttpStatusCode.Accepted, replayed.StatusCode);

        using var again = await RefundAsync(id, "r-2");
        Assert.Equal((HttpStatusCode.Accepted, "refunding"), (again.StatusCode, await StatusAsync(id)));
        Assert.Empty((await _host.GetAsync("/api/parked")).EnumerateArray());
        await SweepForAsync(minutes: 10);

        Assert.Equal(("refunded", 4), (await StatusAsync(id), await LedgerAsync(id)));
        Assert.Equal(["payment.captured", "payment.refunded"], await EventsAsync());
        Assert.Single(_host.Errors.Lines);
    }

    [Fact]
    public async Task Of_many_sweeps_at_once_one_books()
    {
        var id = await PayAsync("pm_refund_async_1");
        using var taken = await RefundAsync(id, "r-1");
        _clock.Advance(TimeSpan.FromMinutes(1));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.Undecided.SweepAsync(default)));

        Assert.Equal(("refunded", 4), (await StatusAsync(id), await LedgerAsync(id)));
        Assert.Equal(["payment.captured", "payment.refunded"], await EventsAsync());
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private async Task SweepForAsync(int minutes)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await _host.Undecided.SweepAsync(default);
        }
    }

    private async Task<string> PayAsync(string method)
    {
        using var answer = await _host.PostAsync("/api/payments", $$"""{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"{{method}}"}""");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Text(await ApiHost.JsonAsync(answer), "id");
    }

    private Task<HttpResponseMessage> RefundAsync(string id, string key) => _host.PostAsync($"/api/payments/{id}/refund", json: null, key);

    private async Task<string> StatusAsync(string id) => Text(await _host.GetAsync($"/api/payments/{id}"), "status");

    private async Task<int> LedgerAsync(string id) => (await _host.GetAsync($"/api/payments/{id}/ledger")).GetArrayLength();

    private async Task<IEnumerable<string?>> EventsAsync() => (await _host.SentAsync()).Select(message => message.Subject);
}
