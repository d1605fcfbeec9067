using Payments.Proof.Tests.Creating;
using Payments.Queues;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Queues;

/// <summary>The command that makes a payment, by queue: delivered often, and at once with its HTTP post.</summary>
public sealed class CommandProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, "pm_ok", 1)]
    [InlineData(2, "pm_ok", 1)]
    [InlineData(3, "pm_ok", 1)]
    [InlineData(1, "pm_lost_reply", 1)]
    [InlineData(2, "pm_declined", 0)]
    public async Task A_command_is_one_payment_however_often_it_comes(int copies, string method, int payments)
    {
        var proof = PaymentsProof.From(payments: payments).Consumes(PaymentsQueues.Payments);
        for (var copy = 0; copy < copies; copy++)
        {
            proof.Message(PaymentsQueues.Payments, QueueMessageBodies.Command("k-1", method));
        }

        proof.Within(deviations: copies == 3 ? 1 : 2, schedules: 300, samples: 30);
        output.WriteLine($"{method}, {copies} copies: {await proof.RunControlledAsync()}");
    }

    [Fact]
    public async Task The_same_command_by_HTTP_and_by_queue_is_one_payment()
    {
        var proof = PaymentsProof.From(payments: 1)
            .Call("A", "k-1", app => app.PostAsync("CreatePayment", "k-1", PaymentBodies.Of()))
            .Consumes(PaymentsQueues.Payments)
            .Message(PaymentsQueues.Payments, QueueMessageBodies.Command("k-1"))
            .Within(deviations: 2, schedules: 500, samples: 60);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }
}
