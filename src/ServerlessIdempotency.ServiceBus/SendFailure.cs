using System.Net.Sockets;
using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>What a failed send means for its message: whose fault it is decides whether it waits, counts or is parked.</summary>
internal static class SendFailure
{
    public static SendOutcome ToOutcome(Exception exception) => exception switch
    {
        ServiceBusException failure => ToOutcome(failure),

        _ when IsBrokerAway(exception) => new SendOutcome.Unavailable(exception.Message),

        // The message itself: a session that is missing, a property that can't be encoded, a text that is too long.
        ArgumentException or SerializationException or InvalidOperationException or NotSupportedException => new SendOutcome.Refused(exception.Message),
        _ => new SendOutcome.Failed($"{exception.GetType().Name}: {exception.Message}"),
    };

    /// <summary>The broker or the way to it: no right (roles take minutes to spread), no token, no network, a client that is being closed.</summary>
    public static bool IsBrokerAway(Exception exception) => exception switch
    {
        ServiceBusException failure => ToOutcome(failure) is SendOutcome.Unavailable,
        UnauthorizedAccessException or SocketException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => IsAuthenticationFailure(exception.GetType()),
    };

    // By its name: the credential is the app's, and so is its package, Azure.Identity.
    private static bool IsAuthenticationFailure(Type? type) => type is not null && (type.FullName == "Azure.Identity.AuthenticationFailedException" || IsAuthenticationFailure(type.BaseType));

    private static SendOutcome ToOutcome(ServiceBusException failure) => failure.Reason switch
    {
        ServiceBusFailureReason.MessageSizeExceeded or ServiceBusFailureReason.MessagingEntityNotFound => new SendOutcome.Refused(failure.Message),

        // A queue that is full or switched off is for its operator to see to; the messages wait.
        ServiceBusFailureReason.ServiceBusy or ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceCommunicationProblem
            or ServiceBusFailureReason.QuotaExceeded or ServiceBusFailureReason.MessagingEntityDisabled => new SendOutcome.Unavailable(failure.Message),
        _ when failure.IsTransient => new SendOutcome.Unavailable(failure.Message),
        _ => new SendOutcome.Failed(failure.Message),
    };
}
