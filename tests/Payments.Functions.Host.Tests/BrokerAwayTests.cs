using System.Net;

namespace Payments.Functions.Host.Tests;

/// <summary>The broker is away for the worker: callers are answered all the same, and what was committed is sent once it is back.</summary>
public sealed class BrokerAwayTests(RunningApp app) : IClassFixture<RunningApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_payment_is_made_while_the_broker_is_away_or_hangs_and_its_event_is_sent_by_the_timer_afterwards(bool hangs)
    {
        if (hangs)
        {
            app.ToBroker.FallSilent();
        }
        else
        {
            app.ToBroker.Cut();
        }

        using (var made = await app.PayAsync(_account, RunningApp.Payment(_account)))
        {
            Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        }

        Assert.Equal(1, await app.ChargesAsync(_account));
        Assert.Equal(0, await app.ReceiptsAsync(_account));

        // Nobody is left who knows of the event but the row that was committed with the payment.
        await app.Host.KillWorkerAsync();
        app.ToBroker.Restore();
        await app.Host.StartWorkerAsync();
        await app.UntilAsync(
            async () =>
            {
                await app.Host.RunTimerAsync("SweepOutbox");
                return await app.ReceiptsAsync(_account) == 1;
            },
            "the event is sent and becomes a receipt");
        Assert.Equal(1, await app.ChargesAsync(_account));
        await app.EmptyAsync("payment-events");
    }
}
