using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

public sealed class MessagingProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_message_of_the_outbox_is_sent_under_one_id()
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .Call("A", "k-1", app => app.PayAsync())

            // While others may stand still: jobs run only once everyone is done.
            .Call("an early sweep", "sweep", app => app.SweepLaterAsync())
            .Job("sweep", app => app.SweepAsync())
            .Invariant("One message", end => Task.FromResult(end.Sent.DistinctBy(message => message.MessageId).Count() is var count and not 1 ? $"{count} messages." : null))
            .Invariant("One payment", async end => (await end.ListAsync(Shop.Partition, "payment|")).Count is var count and not 1 ? $"{count} payments." : null);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task A_message_with_an_outside_effect_is_claimed_and_committed()
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .Consumer(Shop.Events, (app, message) => app.SendReceiptAsync(message))
            .Message(Shop.Events, new InboundMessage("paid"u8.ToArray()) { MessageId = "m-1" })
            .Message(Shop.Events, new InboundMessage("paid"u8.ToArray()) { MessageId = "m-1" })
            .Invariant("One receipt", async end => (await end.ListAsync(Shop.Partition, "receipt|")).Count is var count and not 1 ? $"{count} receipts." : null)
            .Invariant("One mail", end => Task.FromResult(end.Effects.Count is var count and not 1 ? $"{count} mails." : null));
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task A_saga_takes_each_step_once()
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Invariant("Each step once", end => Task.FromResult(string.Join(',', end.Effects.Select(effect => effect.Name)) is var effects and not "reserve,charge" ? effects : null));
        proof.Options.Deviations = 1;
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    /// <summary>A rolling deployment: some processes run the earlier build. They leave the saga alone, burn nothing, and it ends all the same.</summary>
    [Fact]
    public async Task A_saga_of_a_later_version_ends_although_earlier_builds_meet_it()
    {
        var apps = new System.Collections.Concurrent.ConcurrentBag<Shop>();
        var proof = new IdempotencyProof<RollingShop>(async process =>
            {
                var app = await RollingShop.StartAsync(process);
                apps.Add(app.Earlier);
                return app;
            })
            .Call("A", "k-1", app => app.Later.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.Current.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.Current.SweepAsync())
            .Job("sweep sagas", app => app.Current.SweepSagasAsync())
            .Invariant("Each step once", end => Task.FromResult(Steps(end) is var effects and not "reserve,charge" ? effects : null));
        proof.Options.Deviations = 1;
        proof.Options.Samples = 30;
        output.WriteLine((await proof.RunAsync()).ToString());

        Assert.NotEqual(0, apps.Sum(app => app.LeftAlone));
        output.WriteLine($"Left alone {apps.Sum(app => app.LeftAlone)} times.");
    }

    /// <summary>Law 14: what the step brings along can't be stored. It is not made again, nothing is undone, and a person sees that it happened.</summary>
    [Fact]
    public async Task A_fault_while_a_step_is_recorded_parks_the_saga_with_the_fact()
    {
        var proof = new IdempotencyProof<Shop>(process => Shop.StartAsync(process, new ShopRelease(WritesTooMuch: true)))
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Job("sweep sagas", app => app.SweepSagasAsync())
            .Invariant("Each step once, none undone", end => Task.FromResult(Steps(end) is var effects and not "reserve,charge" ? effects : null))
            .Invariant("Parked", async end => (await end.ListAsync(Shop.Partition, "saga|")).Select(row => row.Values["Status"]).SingleOrDefault() is var status and not "Parked" ? $"it is {status}" : null);
        proof.Options.Deviations = 1;
        proof.Options.Samples = 30;
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    /// <summary>Law 9 over operations: whichever process dies, stalls or is refused by the broker, the second operation's message of a session comes first to nobody.</summary>
    [Fact]
    public async Task A_session_keeps_its_order_over_operations() => output.WriteLine((await SessionOf(forgetsSession: false).RunAsync()).ToString());

    [Fact]
    public async Task A_message_that_forgets_its_session_is_found()
    {
        var failure = await Assert.ThrowsAsync<ProofFailedException>(() => SessionOf(forgetsSession: true).RunAsync());
        Assert.Contains("sent,packed", failure.Message, StringComparison.Ordinal);
    }

    private static IdempotencyProof<Shop> SessionOf(bool forgetsSession)
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .Call("A", "k-1", app => app.ShipAsync(forgetsSession))
            .Job("sweep", app => app.SweepAsync())
            .Invariant("In order", end => Task.FromResult(string.Join(',', end.Sent.DistinctBy(message => message.MessageId).Select(message => message.Subject)) is var order and not "packed,sent" ? order : null));

        // Between two operations the order is that of the clocks: docs of OutboxMessage.SessionId.
        proof.Options.ClockSkew = TimeSpan.Zero;
        return proof;
    }

    private static string Steps(ProofEnd end) => string.Join(',', end.Effects.Select(effect => effect.Name));
}
