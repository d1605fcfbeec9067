using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Mistakes;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>The broker's own clock and its locks, by a broker that brings again at once what was given back.</summary>
public sealed class BrokerProofTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(90);

    /// <summary>Law 15: a wake-up is due by the broker's clock, and its saga by the process's.</summary>
    [Fact]
    public async Task A_wake_up_that_comes_too_early_by_the_brokers_clock_ends_its_saga_all_the_same() =>
        output.WriteLine((await WakingUp((app, message) => app.PatientlyAsync(message, app.AdvanceAsync)).RunAsync()).ToString());

    [Fact]
    public async Task An_early_wake_up_that_is_given_back_at_once_is_found()
    {
        var failure = await Found.ByAsync("was dead-lettered after 10 deliveries", WakingUp((app, message) => app.AdvanceAsync(message)), output);
        Assert.Contains("the broker's clock is AHEAD", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Its message comes again and again beside it, by the end of one lock after the other, and waits for it.</summary>
    [Fact]
    public async Task A_handler_slower_than_its_lock_works_once_and_burns_no_message() =>
        output.WriteLine((await Slowly((app, message) => app.PatientlyAsync(message, again => app.SendReceiptAsync(again, Slow))).RunAsync()).ToString());

    [Fact]
    public Task A_message_given_back_at_once_beside_a_slow_handler_is_found() =>
        Found.ByAsync("was dead-lettered after 10 deliveries", Slowly((app, message) => app.SendReceiptAsync(message, Slow)), output);

    private static IdempotencyProof<Shop> WakingUp(Func<Shop, InboundMessage, Task<Settlement>> consume)
    {
        var proof = new IdempotencyProof<Shop>(process => Shop.StartAsync(process, new ShopRelease(ReservesAfter: TimeSpan.FromSeconds(30))))
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, consume, message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Invariant("Each step once", end => Task.FromResult(string.Join(',', end.Effects.Select(effect => effect.Name)) is var effects and not "reserve,charge" ? effects : null));
        proof.Options.Deviations = 1;
        proof.Options.ClockSkew = TimeSpan.Zero;
        proof.Options.RedeliveryPause = TimeSpan.Zero;
        return proof;
    }

    private static IdempotencyProof<Shop> Slowly(Func<Shop, InboundMessage, Task<Settlement>> consume)
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .Consumer(Shop.Events, consume)
            .Message(Shop.Events, new InboundMessage("paid"u8.ToArray()) { MessageId = "m-1" })
            .Invariant("One receipt", async end => (await end.ListAsync(Shop.Partition, "receipt|")).Count is var count and not 1 ? $"{count} receipts." : null)
            .Invariant("One mail", end => Task.FromResult(end.Effects.Count is var count and not 1 ? $"{count} mails." : null));
        proof.Options.Deviations = 1;

        // Each run of such a handler costs several deliveries: more faults than one may use them up.
        proof.Options.Samples = 0;
        proof.Options.RedeliveryPause = TimeSpan.Zero;
        proof.Options.LockRenewal = TimeSpan.Zero;
        return proof;
    }
}
