using System.Net;
using FunctionsHost;
using TestDoubles.Storage;

namespace Payments.Functions.Host.Tests;

/// <summary>The worker ends in the middle, by kill -9 or in order, and what it did is done once.</summary>
public sealed class KillTests(PatientApp app) : IClassFixture<PatientApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task A_payment_whose_worker_is_killed_after_the_charge_is_made_once_by_its_retry()
    {
        using var held = app.HoldCharge();
        var first = app.PayAsync(_account, RunningApp.Payment(_account));
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        await app.Host.KillWorkerAsync();
        held.Drop();

        using (var answered = await first)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, answered.StatusCode);
        }

        await app.Host.StartWorkerAsync();
        using var retried = await app.PayAsync(_account, RunningApp.Payment(_account), "wait=60");
        Assert.True(retried.StatusCode == HttpStatusCode.Created, await retried.Content.ReadAsStringAsync());
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_command_whose_worker_is_killed_after_the_charge_comes_again_and_charges_once()
    {
        using var held = app.HoldCharge();
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        await app.Host.KillWorkerAsync();
        held.Drop();
        await app.Host.StartWorkerAsync();

        await app.UntilAsync(() => Task.FromResult(app.Host.Settled.Any(settled => settled.MessageId == _account)), "the command is settled");
        var settled = app.Host.Settled.Last(settled => settled.MessageId == _account);
        Assert.Equal("complete", settled.Settlement);
        Assert.True(settled.DeliveryCount > 1);
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.EmptyAsync("payments");
    }

    [Fact]
    public async Task A_worker_that_is_told_to_end_in_a_payment_ends_in_order_and_the_retry_charges_once()
    {
        using var held = app.HoldCharge();
        var first = app.PayAsync(_account, RunningApp.Payment(_account));
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        Assert.Equal(0, await StopWorkerAsync(held));
        using var answered = await first;
        Assert.True(answered.StatusCode == HttpStatusCode.Created, await answered.Content.ReadAsStringAsync());

        await app.Host.StartWorkerAsync();
        using var retried = await app.PayAsync(_account, RunningApp.Payment(_account), "wait=60");
        Assert.Equal(await answered.Content.ReadAsStringAsync(), await retried.Content.ReadAsStringAsync());
        Assert.True(retried.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_command_whose_worker_is_told_to_end_is_settled_once_and_charges_once()
    {
        using var held = app.HoldCharge();
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);
        await held.UnderWay.WaitAsync(RunningApp.Limit);
        Assert.Equal(0, await StopWorkerAsync(held));
        await app.Host.StartWorkerAsync();

        await app.UntilAsync(() => Task.FromResult(SettledOf(app.Host).Contains("complete")), "the command is settled");
        Assert.Equal("complete", string.Join(',', SettledOf(app.Host)));
        await SweptAsync(async () => await app.ReceiptsAsync(_account) == 1, "its event became a receipt");
        await app.EmptyAsync("payments");
        await app.EmptyAsync("payment-events");
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    // A host that scales in receives no more, waits for what is in hand, and ends its worker then.
    [Fact]
    public async Task A_host_that_drains_completes_the_command_in_hand()
    {
        await app.Host.StopListeningAsync();
        await using (var host = await app.StartAnotherAsync())
        {
            using var held = app.HoldCharge();
            await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);
            await held.UnderWay.WaitAsync(RunningApp.Limit);
            var stopping = host.StopAsync(drains: true);
            held.PassOn();

            Assert.Equal(0, await stopping);
            Assert.Equal(["complete"], SettledOf(host));
        }

        await BecomeReceiptsAsync();
        Assert.Empty(SettledOf(app.Host));
    }

    // One that is told to end otherwise tells its functions so: the command is given back without an answer of the gateway, which has charged at its first delivery.
    [Fact]
    public async Task A_command_in_hand_of_a_host_that_is_told_to_end_comes_again_elsewhere_and_charges_once()
    {
        await app.Host.StopListeningAsync();
        await using (var host = await app.StartAnotherAsync())
        {
            using var held = app.HoldSecondLookAtCharge();
            await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_lost_reply"), _account);
            await held.UnderWay.WaitAsync(RunningApp.Limit);

            Assert.Equal(0, await host.StopAsync(drains: false));
            Assert.DoesNotContain("complete", SettledOf(host));
        }

        Assert.Equal(1, await app.ChargesAsync(_account));
        await BecomeReceiptsAsync();
        Assert.Equal("complete", SettledOf(app.Host).Last());
        Assert.True(app.Host.Settled.Last(settled => settled.MessageId == _account).DeliveryCount > 2);
    }

    // Nothing is stuck: what comes afterwards is done too.
    private async Task BecomeReceiptsAsync()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"late-{_account}", _account), $"late-{_account}");
        await app.Host.StartListeningAsync();
        await SweptAsync(async () => await app.ReceiptsAsync(_account) == 2, "both commands became receipts");
        await app.EmptyAsync("payments");
        await app.EmptyAsync("payment-events");
        Assert.Equal(2, await app.ChargesAsync(_account));
    }

    // A worker that ends sends no more of what it commits: the timer does.
    private Task SweptAsync(Func<Task<bool>> isSo, string what) => app.UntilAsync(
        async () =>
        {
            await app.Host.RunTimerAsync("SweepOutbox");
            return await isSo();
        },
        what);

    // The gateway answers when the worker has begun to end.
    private async Task<int> StopWorkerAsync(HeldCalls held)
    {
        var before = LinesOfEnd();
        var stopping = app.Host.StopWorkerAsync();
        await app.UntilAsync(() => Task.FromResult(LinesOfEnd() > before), "the worker began to end");
        held.PassOn();
        return await stopping;

        int LinesOfEnd() => app.Host.Lines.Count(line => line.Message.StartsWith("Application is shutting down", StringComparison.Ordinal));
    }

    private List<string> SettledOf(FunctionHost host) => [.. host.Settled.Where(settled => settled.MessageId == _account).Select(settled => settled.Settlement)];
}
