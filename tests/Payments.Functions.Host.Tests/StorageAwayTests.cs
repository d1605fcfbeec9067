using System.Net;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>The storage is away, or hangs: callers are told so, and when it is back the same key makes the payment, once.</summary>
public sealed class StorageAwayTests(RunningApp app) : IClassFixture<RunningApp>, IDisposable
{
    private readonly string _account = RunningApp.NewAccount();

    public void Dispose() => app.ToStorage.Restore();

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
        await app.UntilAsync(
            async () =>
            {
                using var made = await app.PayAsync(_account, RunningApp.Payment(_account), "wait=60");
                return made.StatusCode == HttpStatusCode.Created;
            },
            "the payment is made");
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
        await app.UntilAsync(IsWellAsync, "the storage is back");
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

        Assert.InRange(app.ToStorage.Connections - before, 1, 31);
    }

    // Only once it works, so that the connections of the test before are gone.
    private async Task BreakAsync(bool hangs)
    {
        await app.UntilAsync(IsWellAsync, "the storage is there");
        if (hangs)
        {
            app.ToStorage.FallSilent();
        }
        else
        {
            app.ToStorage.Cut();
        }
    }

    private async Task<bool> IsWellAsync()
    {
        using var answer = await app.Client.GetAsync("/healthz");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
