using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Batches: copies in one batch, crashes between its transactions, redelivery of a part of it, in another order.</summary>
public sealed class BatchProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_session_in_batches_is_applied_once_and_in_order()
    {
        var proof = new IdempotencyProof<BatchApp>(process => new BatchApp(process))
            .BatchConsumer(BatchApp.Queue, (app, messages) => app.ConsumeAsync(messages))
            .Message(BatchApp.Queue, BatchApp.Message("a", 1, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("b", 2, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("a", 1, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("c", 4, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("d", 8, "s"))
            .Invariant("the end", async end => await BatchApp.EndAsync(end) is var text and not "15 by abcd, 120 rows, 4 marks" ? text : null);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task Messages_without_a_session_are_applied_once_whoever_comes_first()
    {
        var proof = new IdempotencyProof<BatchApp>(process => new BatchApp(process))
            .BatchConsumer(BatchApp.Queue, (app, messages) => app.ConsumeAsync(messages))
            .Message(BatchApp.Queue, BatchApp.Message("a", 1))
            .Message(BatchApp.Queue, BatchApp.Message("b", 2))
            .Message(BatchApp.Queue, BatchApp.Message("a", 1))
            .Message(BatchApp.Queue, BatchApp.Message("c", 4))
            .Message(BatchApp.Queue, BatchApp.Message("d", 8))
            .Invariant("the end", async end => await BatchApp.EndAsync(end) is var text && text.StartsWith("15 by ", StringComparison.Ordinal) && text.EndsWith(", 120 rows, 4 marks", StringComparison.Ordinal) ? null : text);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task A_rejected_message_is_dead_lettered_once_and_two_sessions_go_on()
    {
        var proof = new IdempotencyProof<BatchApp>(process => new BatchApp(process))
            .BatchConsumer(BatchApp.Queue, (app, messages) => app.ConsumeAsync(messages))
            .Message(BatchApp.Queue, BatchApp.Message("a", 1, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("b", 0, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("c", 4, "s"))
            .Message(BatchApp.Queue, BatchApp.Message("d", 8, "t"))
            .Invariant("the end", async end => await BatchApp.EndAsync(end) is var text && text.StartsWith("13 by ", StringComparison.Ordinal) && text.EndsWith(", 90 rows, 3 marks", StringComparison.Ordinal) ? null : text)
            .Invariant("one dead letter", end => Task.FromResult(end.DeadLetters is ["b was dead-lettered: Nothing: It is nothing."] ? null : string.Join(' ', end.DeadLetters)))
            .MayDeadLetter();
        output.WriteLine((await proof.RunAsync()).ToString());
    }
}
