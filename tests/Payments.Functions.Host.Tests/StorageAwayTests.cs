using System.Net;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>The storage is away, or hangs: callers are told so, and when it is back the same key makes the payment, once.</summary>
public sealed class StorageAwayTests(RunningApp app) : IClassFixture<RunningApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_post_without_storage_is_answered_503_and_its_retry_pays_once(bool hangs)
    {
        await BreakAsync(hangs);
        using (var refused = await app.PayAsync(_account, RunningApp.Payment(_account)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("idempotency-store-unavailable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        app.ToStorage.Restore();
        using var made = await app.PayAsync(_account, RunningApp.Payment(_account), "wait=60");
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Health_says_that_the_storage_is_away_and_its_timer_fails(bool hangs)
    {
        await BreakAsync(hangs);
        using (var sick = await app.Client.GetAsync("/healthz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, sick.StatusCode);
        }

        await Assert.ThrowsAsync<InvocationFailedException>(() => app.Host.RunTimerAsync("CheckHealth"));

        app.ToStorage.Restore();
        using var well = await app.Client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
        await app.Host.RunTimerAsync("CheckHealth");
    }

    // Two calls of five seconds each for the claim and for the note beside it, the second attempt of a call cut short. Without the limits they were 32 attempts each.
    [Fact]
    public async Task A_storage_that_hangs_is_given_up_after_a_few_attempts()
    {
        await BreakAsync(hangs: true);
        var before = app.ToStorage.Connections;
        using (var refused = await app.PayAsync(_account, RunningApp.Payment(_account)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Assert.InRange(app.ToStorage.Connections - before, 1, 16);
        app.ToStorage.Restore();
    }

    // A call that was under way before must not have a connection of its own in use.
    private async Task BreakAsync(bool hangs)
    {
        using (var well = await app.Client.GetAsync("/healthz"))
        {
            Assert.Equal(HttpStatusCode.OK, well.StatusCode);
        }

        if (hangs)
        {
            app.ToStorage.FallSilent();
        }
        else
        {
            app.ToStorage.Cut();
        }
    }
}
