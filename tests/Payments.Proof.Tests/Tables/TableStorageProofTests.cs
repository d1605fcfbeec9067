using Payments.Events;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Creating;
using Payments.Proof.Tests.Outside;
using Payments.Proof.Tests.Processes;
using Payments.Proof.Tests.Queues;
using Payments.Queues;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.TableStorage;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Tables;

/// <summary>Some of the proofs over real tables: each HTTP request to Azurite is a point.</summary>
public sealed class TableStorageProofTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private string _run = "";

    [Fact]
    public async Task One_client_makes_one_payment()
    {
        var proof = OverTables(payments: 1)
            .Call("A", "k-1", app => app.PostAsync("CreatePayment", "k-1", PaymentBodies.Of()))
            .Within(deviations: 1, schedules: 100, samples: 5);

        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task Two_clients_of_one_key_make_one_payment()
    {
        var proof = OverTables(payments: 1)
            .Call("A", "k-1", app => app.PostAsync("CreatePayment", "k-1", PaymentBodies.Of()))
            .Call("B", "k-1", app => app.PostAsync("CreatePayment", "k-1", PaymentBodies.Of()))
            .Within(deviations: 1, schedules: 40, samples: 10);
        proof.Options.Faults = 0;

        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task An_event_that_comes_twice_counts_once()
    {
        var proof = OverTables(payments: 0)
            .Consumes(PaymentsQueues.PaymentEvents)
            .Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Captured))
            .Message(PaymentsQueues.PaymentEvents, QueueMessageBodies.Event(PaymentEventType.Captured))
            .Holds("The balance", new Beginning(), ends => ends.Statement.Sum(entry => entry.Amount) is var balance and not Beginning.Amount ? $"it is {balance}." : null)
            .Invariant("One receipt", end => Task.FromResult(end.Effects.Count(effect => effect.Name == OutsideMailer.Effect) is var receipts and not 1 ? $"there are {receipts}." : null))
            .Within(deviations: 1, schedules: 100, samples: 5);

        output.WriteLine((await proof.RunAsync()).ToString());
    }

    // A proof runs one world after another: the latest store that it asked for is that of its running world.
    private IdempotencyProof<PaymentsProcess> OverTables(int payments) => PaymentsProof
        .From(payments: payments, store: process => process.Watch(new RunRowStore(
            azurite.NewStore(options =>
            {
                options.MaxRetries = 1;
                options.ConfigureClient = process.Control;
            }),
            _run)))
        .Over(() => new RunRowStore(azurite.NewStore(), _run = Guid.NewGuid().ToString("N") + "~"));
}
