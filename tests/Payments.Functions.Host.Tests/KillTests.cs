using System.Net;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>The worker ends in the middle, by kill -9 or in order, and what it did is done once.</summary>
public sealed class KillTests(RunningApp app) : IClassFixture<RunningApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task A_payment_whose_worker_is_killed_after_the_charge_is_made_once_by_its_retry()
    {
        var first = app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_3000"));
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
        await app.Host.KillWorkerAsync();

        using (var answered = await first)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, answered.StatusCode);
        }

        await app.Host.StartWorkerAsync();
        using var retried = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_3000"), "wait=60");
        Assert.True(retried.StatusCode == HttpStatusCode.Created, await retried.Content.ReadAsStringAsync());
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_command_whose_worker_is_killed_after_the_charge_comes_again_and_charges_once()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_slow_3000"), _account);
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
        await app.Host.KillWorkerAsync();
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
        var first = app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_3000"));
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
        Assert.Equal(0, await app.Host.StopWorkerAsync());
        using var answered = await first;
        Assert.True(answered.StatusCode == HttpStatusCode.Created, await answered.Content.ReadAsStringAsync());

        await app.Host.StartWorkerAsync();
        using var retried = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_3000"), "wait=60");
        Assert.Equal(await answered.Content.ReadAsStringAsync(), await retried.Content.ReadAsStringAsync());
        Assert.True(retried.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_command_whose_worker_is_told_to_end_is_settled_once_and_charges_once()
    {
        await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_slow_3000"), _account);
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
        Assert.Equal(0, await app.Host.StopWorkerAsync());
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
            await app.SendAsync("payments", _account, RunningApp.Command($"cmd-{_account}", _account, "pm_slow_3000"), _account);
            await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
            Assert.Equal(0, await host.StopAsync(drains));
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

    private List<string> SettledOf(FunctionHost host) => [.. host.Settled.Where(settled => settled.MessageId == _account).Select(settled => settled.Settlement)];
}
