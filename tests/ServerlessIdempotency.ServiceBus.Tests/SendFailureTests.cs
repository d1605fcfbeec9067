using System.Net.Sockets;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

public sealed class SendFailureTests
{
    [Theory]
    [InlineData(ServiceBusFailureReason.MessageSizeExceeded, typeof(SendOutcome.Refused))]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, typeof(SendOutcome.Refused))]
    [InlineData(ServiceBusFailureReason.ServiceBusy, typeof(SendOutcome.Unavailable))]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, typeof(SendOutcome.Unavailable))]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem, typeof(SendOutcome.Unavailable))]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, typeof(SendOutcome.Unavailable))]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled, typeof(SendOutcome.Unavailable))]
    [InlineData(ServiceBusFailureReason.GeneralError, typeof(SendOutcome.Failed))]
    public void What_the_broker_says_decides_whether_a_message_waits_counts_or_is_parked(ServiceBusFailureReason reason, Type expected)
    {
        Assert.IsType(expected, SendFailure.ToOutcome(new ServiceBusException("told", reason)));
    }

    [Fact]
    public void A_general_error_that_will_pass_is_no_fault_of_the_message()
    {
        Assert.IsType<SendOutcome.Unavailable>(SendFailure.ToOutcome(new ServiceBusException(isTransient: true, "told")));
    }

    [Fact]
    public void A_broker_that_can_not_be_reached_or_refuses_us_is_no_fault_of_the_message()
    {
        Exception[] failures =
        [
            new UnauthorizedAccessException(), new AuthenticationFailedException("no token"), new CredentialUnavailableException("no identity"),
            new SocketException(), new IOException(), new TimeoutException(), new ObjectDisposedException("client"),
        ];

        Assert.All(failures, failure => Assert.IsType<SendOutcome.Unavailable>(SendFailure.ToOutcome(failure)));
    }

    [Fact]
    public void A_message_that_the_client_itself_refuses_is_parked_and_what_is_unknown_counts()
    {
        Assert.IsType<SendOutcome.Refused>(SendFailure.ToOutcome(new ArgumentException("The session id is too long.")));
        Assert.IsType<SendOutcome.Refused>(SendFailure.ToOutcome(new InvalidOperationException("The SessionId was not set.")));
        Assert.IsType<SendOutcome.Failed>(SendFailure.ToOutcome(new FormatException("?")));
    }
}
