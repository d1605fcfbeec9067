using System.Net;

namespace Payments.Functions.Host.Tests;

/// <summary>The caller hangs up in the middle: what has begun goes on, and its result is kept.</summary>
public sealed class CallerGoneTests(PatientApp app) : IClassFixture<PatientApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task A_payment_whose_caller_is_gone_after_the_charge_is_made_and_replayed()
    {
        using var held = app.HoldCharge();
        using var hangUp = new CancellationTokenSource();
        var first = RunningApp.PostAsync(app.Client, "/api/payments", _account, RunningApp.Payment(_account), cancellationToken: hangUp.Token);
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        // It waits for the execution that goes on: one of its own would not be a replay.
        var invoked = Invocations();
        var retrying = app.PayAsync(_account, RunningApp.Payment(_account), "wait=60");
        await app.UntilAsync(() => Task.FromResult(Invocations() > invoked), "the retry is in the worker");
        held.PassOn();
        using var retried = await retrying;
        Assert.True(retried.StatusCode == HttpStatusCode.Created, await retried.Content.ReadAsStringAsync());
        Assert.Equal("true", Assert.Single(retried.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.UntilAsync(async () => await app.ReceiptsAsync(_account) == 1, "its event was sent and became a receipt");
    }

    [Fact]
    public async Task A_caller_who_is_gone_while_another_one_executes_changes_nothing()
    {
        var first = await HangUpBesideAsync();

        using var answered = await first;
        Assert.Equal(HttpStatusCode.Created, answered.StatusCode);
        Assert.False(answered.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    // That a caller hung up is no failure: no line says so, in the app's own logs or in those that the host gets.
    [Fact]
    public async Task A_caller_who_is_gone_leaves_no_error()
    {
        var first = await HangUpBesideAsync();
        (await first).Dispose();

        // A dead letter's line comes after all that was logged before it.
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, type: "payment.nonsense"), _account);
        await app.UntilAsync(() => Task.FromResult(app.Host.Lines.Any(line => line.Message.Contains(_account, StringComparison.Ordinal) && line.Category.EndsWith("RedeliveryPolicy", StringComparison.Ordinal))), "its line has come");
        Assert.Equal("", string.Join('\n', app.Host.Lines.Where(line => line.Level >= FunctionsHost.Messages.RpcLog.Types.Level.Error)));
    }

    /// <summary>A call that executes, and a second one whose caller hangs up while it waits for the first.</summary>
    /// <returns>The first call, which goes on after that.</returns>
    private async Task<Task<HttpResponseMessage>> HangUpBesideAsync()
    {
        using var held = app.HoldCharge();
        var first = app.PayAsync(_account, RunningApp.Payment(_account));
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        using var hangUp = new CancellationTokenSource();
        var invoked = Invocations();
        var waiting = RunningApp.PostAsync(app.Client, "/api/payments", _account, RunningApp.Payment(_account), "wait=60", hangUp.Token);
        await app.UntilAsync(() => Task.FromResult(Invocations() > invoked), "the second call is in the worker");
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.PassOn();
        return first;
    }

    private int Invocations() => app.Host.Invoked.Count(name => name == "CreatePayment");
}
