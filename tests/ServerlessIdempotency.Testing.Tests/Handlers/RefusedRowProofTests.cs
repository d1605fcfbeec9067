using System.Text.Json;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Mistakes;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Law 14 where the fault comes from the store, at any moment: what a step or a consumer brings along is refused for good after its effect.</summary>
public sealed class RefusedRowProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_step_whose_row_is_refused_happened_once_and_a_person_sees_that()
    {
        var ends = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .MayRefuse(write => write.RowKey.StartsWith("line|", StringComparison.Ordinal))
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Job("sweep sagas", app => app.SweepSagasAsync())
            .Invariant("Each step once, none undone", end => Task.FromResult(string.Join(',', end.Effects.Select(effect => effect.Name)) is var effects and not "reserve,charge" ? effects : null))
            .Invariant("Done, or parked with the fact", async end =>
            {
                var row = Assert.Single(await end.ListAsync(Shop.Partition, "saga|"));
                using var saga = JsonDocument.Parse(BodyCodec.Decode(row));
                var status = row.GetString("Status")!;
                ends.AddOrUpdate(status, 1, (_, count) => count + 1);
                return status == "Completed" || (status == "Parked" && saga.RootElement.GetProperty("steps")[1].GetProperty("hasHappened").GetBoolean()) ? null : $"it is {status}";
            });
        proof.Options.Deviations = 1;
        proof.Options.Samples = 30;

        output.WriteLine((await proof.RunAsync()).ToString());

        output.WriteLine(string.Join("; ", ends.Select(end => $"{end.Key} {end.Value} times")));
        Assert.Equal(["Completed", "Parked"], ends.Keys.Order());
    }

    [Fact]
    public async Task A_consumer_whose_row_is_refused_worked_once_and_its_message_is_a_dead_letter()
    {
        var letters = 0;
        var proof = Receipts((app, message) => app.SendReceiptAsync(message))
            .Invariant("A receipt, or a dead letter with the reason", async end =>
            {
                var receipts = (await end.ListAsync(Shop.Partition, "receipt|")).Count;
                letters += end.DeadLetters.Count;
                return (receipts, end.DeadLetters.Count) is (1, 0) || (receipts == 0 && end.DeadLetters.All(letter => letter.Contains(RejectionReasons.OutcomeUnknown, StringComparison.Ordinal) && letter.Contains("is one that no store takes", StringComparison.Ordinal)))
                    ? null
                    : $"{receipts} receipts, {string.Join("; ", end.DeadLetters)}";
            });

        output.WriteLine((await proof.RunAsync()).ToString());

        output.WriteLine($"{letters} dead letters.");
        Assert.NotEqual(0, letters);
    }

    /// <summary>One that takes the refusal for a moment's fault.</summary>
    [Fact]
    public async Task A_consumer_that_tries_again_what_no_store_takes_is_found()
    {
        var proof = Receipts(async (app, message) => await app.SendReceiptAsync(message) is var settlement and not Settlement.DeadLetter ? settlement : new Settlement.Abandon())
            .Invariant("No dead letter by its count", end => Task.FromResult(end.DeadLetters is [var letter, ..] ? letter : null));

        var failure = await Found.ByAsync("No dead letter by its count", proof, output);
        Assert.Contains("REFUSES", failure.Message, StringComparison.Ordinal);
    }

    private static IdempotencyProof<Shop> Receipts(Func<Shop, InboundMessage, Task<Settlement>> consume)
    {
        var proof = new IdempotencyProof<Shop>(Shop.StartAsync)
            .MayRefuse(write => write.RowKey.StartsWith("receipt|", StringComparison.Ordinal))
            .MayDeadLetter()
            .Consumer(Shop.Events, consume)
            .Message(Shop.Events, new InboundMessage("paid"u8.ToArray()) { MessageId = "m-1" })
            .Invariant("One mail", end => Task.FromResult(end.Effects.Count is var count and not 1 ? $"{count} mails." : null));
        proof.Options.Samples = 30;
        return proof;
    }
}
