using Payments.Events;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Creating;
using Payments.Proof.Tests.Outside;
using Payments.Queues;
using Payments.State;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Queues;

/// <summary>The consumers of payments' events: a line of the statement and a receipt for each event, however often and in which order it comes.</summary>
public sealed class EventProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public async Task An_event_counts_once_however_often_it_comes(int copies, int deviations)
    {
        var beginning = new Beginning { Payment = PaymentStatus.Captured };
        var proof = PaymentsProof.From(beginning)
            .Consumes(PaymentsQueues.PaymentEvents)
            .Holds("The balance", beginning, ends => ends.Statement.Sum(entry => entry.Amount) is var balance and not Beginning.Amount ? $"it is {balance}, by {ends.Statement.Count} lines." : null)
            .Invariant("One receipt", OneReceiptAsync);
        for (var copy = 0; copy < copies; copy++)
        {
            proof.Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Captured));
        }

        proof.Within(deviations, schedules: 350, samples: 50);
        output.WriteLine($"{copies} copies: {await proof.RunControlledAsync()}");
    }

    [Fact]
    public async Task Capture_and_refund_in_either_order_leave_a_balance_of_nothing()
    {
        var beginning = new Beginning { Payment = PaymentStatus.Captured };
        var proof = PaymentsProof.From(beginning)
            .Consumes(PaymentsQueues.PaymentEvents)
            .Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Refunded))
            .Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Captured))
            .Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Refunded))
            .Holds("The balance", beginning, ends => (ends.Statement.Count, ends.Statement.Sum(entry => entry.Amount)) is var books && books == (2, 0) ? null : books.ToString())
            .Invariant("One receipt", OneReceiptAsync)
            .Within(deviations: 1, schedules: 300, samples: 60);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // From the post to the statement and the receipt, with the outbox and its sweep between them.
    [Fact]
    public async Task A_payment_comes_to_the_statement_once()
    {
        var beginning = new Beginning();
        var proof = PaymentsProof.From(beginning, payments: 1)
            .Call("A", "k-1", app => app.PostAsync("CreatePayment", "k-1", PaymentBodies.Of()))
            .Consumes(PaymentsQueues.PaymentEvents)
            .Holds("The statement is the events", beginning, Audit.StatementIsTheEvents)
            .Invariant("One receipt", OneReceiptAsync)
            .Within(deviations: 2, schedules: 450, samples: 60);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    private static Task<string?> OneReceiptAsync(ProofEnd end) =>
        Task.FromResult(end.Effects.Count(effect => effect.Name == OutsideMailer.Effect) is var receipts and not 1 ? $"there are {receipts}." : null);
}
