using System.Net;
using FunctionsHost;
using TestDoubles.Storage;

namespace Payments.Functions.Host.Tests;

/// <summary>The worker ends in the middle, by kill -9 or in order, and what it did is done once.</summary>
public sealed class KillTests(RunningApp app) : IClassFixture<RunningApp>
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
        await app.UntilAsync(async () => await app.ReceiptsAsync(_account) == 1, "its event became a receipt");
        await app.EmptyAsync("payments");
        await app.EmptyAsync("payment-events");
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    // A host that scales in receives no more, waits for what is in hand, and ends its worker then; one that is told to end otherwise tells its functions so.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_is_told_to_end_loses_no_command(bool drains)
    {
        await app.Host.StopListeningAsync();
        await using (var host = await app.StartAnotherAsync())
        {
            using var held = app.HoldCharge();
            await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account), _account);
            await held.UnderWay.WaitAsync(RunningApp.Limit);
            var stopping = host.StopAsync(drains);
            if (drains)
            {
                // Else the command's function is told to end, and gives it back without an answer of the gateway.
                held.PassOn();
            }

            Assert.Equal(0, await stopping);
            if (drains)
            {
                Assert.Equal(["complete"], SettledOf(host));
            }
        }

        await app.SendAsync("payments", _account, RunningApp.Command($"late-{_account}", _account), $"late-{_account}");
        await app.Host.StartListeningAsync();
        await app.UntilAsync(async () => await app.ReceiptsAsync(_account) == 2, "both commands became receipts");
        Assert.Equal(drains ? [] : ["complete"], SettledOf(app.Host));
        await app.EmptyAsync("payments");
        await app.EmptyAsync("payment-events");
        Assert.Equal(2, await app.ChargesAsync(_account));
    }

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
