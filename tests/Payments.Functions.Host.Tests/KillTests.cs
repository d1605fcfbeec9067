using System.Net;

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
    public async Task A_worker_that_is_told_to_end_does_so_and_the_retry_charges_once()
    {
        var first = app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_1000"));
        await app.UntilAsync(async () => await app.ChargesAsync(_account) == 1, "the gateway charged");
        await app.Host.StopWorkerAsync();
        (await first).Dispose();

        await app.Host.StartWorkerAsync();
        using var retried = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_1000"), "wait=60");
        Assert.True(retried.StatusCode == HttpStatusCode.Created, await retried.Content.ReadAsStringAsync());
        Assert.Equal(1, await app.ChargesAsync(_account));
    }
}
