using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Payments.Partitions;
using Payments.Undecided;
using ServerlessIdempotency.Inbox;

namespace Payments.Tests.Undecided;

/// <summary>A payment of which the gateway gives no clear answer: listed, looked at again, decided once, and its caller's retry gets the answer.</summary>
public sealed class UndecidedPaymentTests : IAsyncLifetime
{
    private const string NotCharged = """{"decision":"not-charged","note":"The bank knows nothing of it."}""";
    private const string Captured = """{"decision":"captured","note":"The bank's statement shows it."}""";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(_clock);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task It_is_listed_until_a_person_says_that_it_is_not_charged_and_then_never_is()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");
        var listed = Assert.Single(await ListAsync());
        Assert.Equal(
            (id, id, "charge", "payment", "The payment gateway has not decided yet.", "2026-12-01T12:00:00+00:00"),
            (Text(listed, "id"), Text(listed, "paymentId"), Text(listed, "step"), Text(listed, "doing"), Text(listed, "reason"), Text(listed, "parkedAt")));
        Assert.Equal(["captured", "not-charged"], listed.GetProperty("decisions").EnumerateArray().Select(decision => decision.GetString()!));

        using var decided = await ResolveAsync(id, NotCharged);
        using var again = await ResolveAsync(id, """{"decision":"not-charged","note":"Another note."}""");
        using var otherwise = await ResolveAsync(id, Captured);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (decided.StatusCode, again.StatusCode, otherwise.StatusCode));
        Assert.Equal(await decided.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        var kept = await ApiHost.JsonAsync(decided);
        Assert.Equal(
            (id, "not-charged", "The bank knows nothing of it.", "anonymous", "The payment gateway has not decided yet."),
            (Text(kept, "paymentId"), Text(kept, "decision"), Text(kept, "note"), Text(kept, "by"), Text(kept, "reason")));
        Assert.EndsWith("/parked-decided-otherwise", Text(await ApiHost.JsonAsync(otherwise), "type"), StringComparison.Ordinal);
        Assert.Empty(await ListAsync());

        using var retry = await PayAsync("pm_unknown");
        Assert.Equal((HttpStatusCode.Conflict, true), (retry.StatusCode, retry.Headers.Contains("Idempotency-Replayed")));
        Assert.EndsWith("/payment-cancelled", Text(await ApiHost.JsonAsync(retry), "type"), StringComparison.Ordinal);
        Assert.Empty(await ChargesAsync());
        Assert.Empty(await _host.SentAsync());
    }

    [Fact]
    public async Task One_that_a_person_says_is_captured_is_booked_and_told_as_any_other()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");

        using var decided = await ResolveAsync(id, Captured);
        using var again = await ResolveAsync(id, Captured);
        using var otherwise = await ResolveAsync(id, NotCharged);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (decided.StatusCode, again.StatusCode, otherwise.StatusCode));
        using var retry = await PayAsync("pm_unknown");
        Assert.Equal((HttpStatusCode.Created, true), (retry.StatusCode, retry.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal((id, "captured"), (Text(await ApiHost.JsonAsync(retry), "id"), Text(await _host.GetAsync($"/api/payments/{id}"), "status")));
        Assert.Equal(2, (await _host.GetAsync($"/api/payments/{id}/ledger")).GetArrayLength());
        Assert.Equal("payment.captured", Assert.Single(await _host.SentAsync()).Subject);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task What_the_gateway_decides_later_is_found_by_the_sweep()
    {
        var id = await LeaveUndecidedAsync("pm_async_60000");
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, await _host.Undecided.SweepAsync(default));
        Assert.Single(await ListAsync());

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await _host.Undecided.SweepAsync(default));

        Assert.Empty(await ListAsync());
        Assert.Equal("captured", Text(Assert.Single(await ChargesAsync()), "status"));
        Assert.Equal("payment.captured", Assert.Single(await _host.SentAsync()).Subject);
        using var retry = await PayAsync("pm_async_60000");
        Assert.Equal((HttpStatusCode.Created, true), (retry.StatusCode, retry.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(id, Text(await ApiHost.JsonAsync(retry), "id"));
        Assert.Equal(0, await _host.Undecided.SweepAsync(default));
    }

    [Fact]
    public async Task The_sweep_never_charges_what_the_gateway_does_not_know()
    {
        var id = await LeaveUndecidedAsync("pm_unavailable");
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, await _host.Undecided.SweepAsync(default));

        Assert.Empty(await ChargesAsync());
        Assert.StartsWith("The payment gateway knows of no charge", Text(Assert.Single(await ListAsync()), "reason"), StringComparison.Ordinal);
        using var refused = await ResolveAsync(id, Captured);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("knows of no charge", Text(await ApiHost.JsonAsync(refused), "detail"), StringComparison.Ordinal);

        // Its caller comes again.
        using var retry = await PayAsync("pm_unavailable");
        Assert.Equal(HttpStatusCode.Created, retry.StatusCode);
        Assert.Empty(await ListAsync());
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _host.Undecided.SweepAsync(default));
        Assert.Single(await ChargesAsync());
    }

    // The gateway is asked before a person is believed.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_decision_against_what_the_gateway_knows_by_now_is_not_kept(bool sweptFirst)
    {
        var id = await LeaveUndecidedAsync("pm_async_60000");
        _clock.Advance(TimeSpan.FromMinutes(1));
        if (sweptFirst)
        {
            await _host.Undecided.SweepAsync(default);
        }

        using var decided = await ResolveAsync(id, NotCharged);
        using var again = await ResolveAsync(id, NotCharged);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (decided.StatusCode, again.StatusCode));
        Assert.Contains("it is captured", Text(await ApiHost.JsonAsync(decided), "detail"), StringComparison.Ordinal);
        Assert.Equal(await decided.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        using var retry = await PayAsync("pm_async_60000");
        Assert.Equal(HttpStatusCode.Created, retry.StatusCode);
        Assert.Single(await ChargesAsync());
    }

    [Fact]
    public async Task A_charge_that_comes_late_behind_the_decision_is_not_made()
    {
        // Guards PreventAsync in ChargeInquiry: the gateway would have charged a minute after the decision.
        var id = await LeaveUndecidedAsync("pm_async_60000");
        using var decided = await ResolveAsync(id, NotCharged);
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, await _host.Undecided.SweepAsync(default));
        Assert.Empty(await ChargesAsync());
        using var retry = await PayAsync("pm_async_60000");
        Assert.Equal(HttpStatusCode.Conflict, retry.StatusCode);
        Assert.Empty(await ChargesAsync());
    }

    // Guards the step in UndecidedPaymentDecisions: found by the proof kit, where a person's request got as far as the gateway and no further.
    [Fact]
    public async Task A_decision_that_reached_the_gateway_and_was_not_committed_is_kept_with_the_callers_answer()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");

        // Its claim, its step, and the commit, at which the process dies.
        _host.Store.FailWrite = (_host.Store.Writes + 3, AfterApplying: false);
        await Assert.ThrowsAsync<ProcessDiedException>(() => ResolveAsync(id, NotCharged));
        using var retry = await PayAsync("pm_unknown");
        using var again = await ResolveAsync(id, """{"decision":"not-charged","note":"Another note."}""");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (retry.StatusCode, again.StatusCode));
        Assert.Equal("The bank knows nothing of it.", Text(await ApiHost.JsonAsync(again), "note"));
        Assert.Empty(await ChargesAsync());
    }

    [Fact]
    public async Task Of_many_persons_at_once_one_decides()
    {
        await using var host = await ApiHost.StartAsync();
        using (var undecided = await host.PostAsync("/api/payments", Order("pm_unknown")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, undecided.StatusCode);
        }

        var id = Text(Assert.Single((await host.GetAsync("/api/parked")).EnumerateArray()), "id");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => host.PostAsync($"/api/parked/{id}/resolve", number % 2 == 0 ? NotCharged : Captured, key: null)));

        Assert.Equal([6, 6], answers.GroupBy(answer => answer.StatusCode).Select(group => group.Count()));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Distinct().Order());
    }

    [Fact]
    public async Task Another_merchant_sees_and_decides_nothing_of_mine()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");

        using var answer = await _host.PostAsync($"/api/parked/{id}/resolve", NotCharged, key: null, merchant: "bob");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/parked");
        request.Headers.Add("X-Merchant", "bob");
        using var list = await _host.Client.SendAsync(request);
        Assert.Equal("[]", await list.Content.ReadAsStringAsync());
        Assert.Single(await ListAsync());
    }

    [Theory]
    [InlineData("""{"decision":"retry","note":"n"}""", "decision")]
    [InlineData("""{"decision":"failed","note":"n"}""", "decision")]
    [InlineData("""{"decision":"captured","note":" "}""", "note")]
    public async Task A_decision_that_is_not_valid_for_a_payment_is_refused_with_the_member_named(string body, string member)
    {
        var id = await LeaveUndecidedAsync("pm_unknown");

        using var answer = await ResolveAsync(id, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await ApiHost.JsonAsync(answer)).GetProperty("errors").TryGetProperty(member, out _));
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task A_payment_that_never_was_undecided_is_no_parked_work()
    {
        using var unknown = await ResolveAsync("pay_00AAAAAAAAAAAAAAAAAAAAAA", NotCharged);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        using var paid = await PayAsync("pm_ok");
        using var late = await ResolveAsync(Text(await ApiHost.JsonAsync(paid), "id"), NotCharged);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Single(await ChargesAsync());
    }

    [Fact]
    public async Task A_command_from_the_queue_is_decided_alike_and_its_redelivery_ends()
    {
        var command = $$"""{"specversion":"1.0","id":"cmd-1","source":"/tests","type":"payment.create","time":"2026-11-24T12:00:00Z","data":{{Order("pm_unknown")}}}""";
        Assert.IsNotType<Settlement.Complete>(await ConsumeAsync(command));
        var id = Text(Assert.Single(await ListAsync()), "id");

        using var decided = await ResolveAsync(id, Captured);

        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        Assert.IsType<Settlement.Complete>(await ConsumeAsync(command));
        using var byHttp = await _host.PostAsync("/api/payments", Order("pm_unknown"), key: "cmd-1");
        Assert.Equal((HttpStatusCode.Created, id), (byHttp.StatusCode, Text(await ApiHost.JsonAsync(byHttp), "id")));
    }

    [Fact]
    public async Task The_looks_become_rarer_and_the_third_one_alerts_once()
    {
        await LeaveUndecidedAsync("pm_unknown");
        List<int> alerts = [];
        for (var minute = 1; minute <= 200; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await _host.Undecided.SweepAsync(default);
            alerts.Add(_host.Errors.Lines.Count());
        }

        Assert.Equal([0, 1], alerts.Distinct());
        Assert.Equal(4, alerts.IndexOf(1) + 1);
        Assert.Contains("needs a person's decision", Assert.Single(_host.Errors.Lines), StringComparison.Ordinal);
        Assert.Contains("of merchant local", Assert.Single(_host.Errors.Lines), StringComparison.Ordinal);
    }

    // Guards the sweep's look, which keeps the record: under a new record of the same key the charge would have another key at the gateway.
    [Fact]
    public async Task One_that_stays_undecided_beyond_the_retention_is_not_charged_again()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");
        for (var day = 0; day < 30; day++)
        {
            _clock.Advance(TimeSpan.FromDays(1));
            await _host.Undecided.SweepAsync(default);
        }

        using var retry = await PayAsync("pm_unknown");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, retry.StatusCode);
        Assert.Equal(id, Text(Assert.Single(await ListAsync()), "id"));
        Assert.Single(await ChargesAsync());
        using var decided = await ResolveAsync(id, NotCharged);
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        Assert.Empty(await ChargesAsync());
    }

    [Fact]
    public async Task One_whose_record_is_gone_stays_listed_and_says_so()
    {
        var id = await LeaveUndecidedAsync("pm_unknown");
        _clock.Advance(TimeSpan.FromDays(30));

        Assert.Equal(0, await _host.Undecided.SweepAsync(default));

        Assert.StartsWith("The record of its operation has expired", Text(Assert.Single(await ListAsync()), "reason"), StringComparison.Ordinal);
        using var decided = await ResolveAsync(id, NotCharged);
        Assert.Equal(HttpStatusCode.Conflict, decided.StatusCode);
        Assert.Contains("has expired or was forgotten", Text(await ApiHost.JsonAsync(decided), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_ends_without_any_answer_is_noted_too()
    {
        using var bench = new Bench(inner => new BrokenGateway(inner));
        var undecided = new UndecidedPayments(new(bench.Store, new(), bench.Time));

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.CreateNotedAsync(Bench.Command(), undecided));

        var noted = new List<UndecidedPayment>();
        await foreach (var (payment, _) in undecided.ListAsync(MerchantId.Of(Bench.Principal), default))
        {
            noted.Add(payment);
        }

        Assert.Equal(("k-1", "An attempt ended with InvalidOperationException."), (Assert.Single(noted).Key, noted[0].Reason));
    }

    private static string Order(string method) => $$"""{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"{{method}}"}""";

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private async Task<string> LeaveUndecidedAsync(string method)
    {
        using var answer = await PayAsync(method);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return Text(Assert.Single(await ListAsync()), "id");
    }

    private Task<HttpResponseMessage> PayAsync(string method) => _host.PostAsync("/api/payments", Order(method));

    private Task<HttpResponseMessage> ResolveAsync(string id, string body) => _host.PostAsync($"/api/parked/{id}/resolve", body, key: null);

    private async Task<List<JsonElement>> ListAsync() => [.. (await _host.GetAsync("/api/parked")).EnumerateArray()];

    private async Task<List<JsonElement>> ChargesAsync() => [.. (await _host.GetAsync("/api/simulator/charges?accountId=acct-1")).EnumerateArray()];

    private Task<Settlement> ConsumeAsync(string body) => _host.Commands.ConsumeAsync(
        new InboundMessage(Encoding.UTF8.GetBytes(body)) { MessageId = "m-1", ContentType = "application/cloudevents+json" }, CancellationToken.None);
}
