using Payments.LocalHost.Messaging;
using ServerlessIdempotency.Outbox;

namespace Payments.LocalHost.Tests.Queues;

public sealed class BusFailureTests
{
    // AMQPNetLite cancels what was under way when its connection is lost. Counted as a failed attempt, a short outage would in time park good messages.
    [Fact]
    public void What_the_client_cancels_as_its_connection_is_lost_is_an_outage_of_the_broker()
    {
        var lost = new OperationCanceledException("The transport 'TcpTransport' is closed.");

        Assert.True(BusFailure.IsOne(lost));
        Assert.IsType<SendOutcome.Unavailable>(BusFailure.ToOutcome(lost));
    }

    [Fact]
    public void What_the_host_cancels_is_none() =>
        Assert.False(BusFailure.IsOne(new OperationCanceledException(new CancellationToken(canceled: true))));
}
