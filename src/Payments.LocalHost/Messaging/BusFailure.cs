using System.Net.Sockets;
using Amqp;
using Amqp.Framing;
using ServerlessIdempotency.Outbox;

namespace Payments.LocalHost.Messaging;

/// <summary>Tells failures of the broker and the way to it from other ones, and what they mean for a message.</summary>
internal static class BusFailure
{
    /// <summary>No session with messages came free in time: no failure at all.</summary>
    public const string Timeout = "com.microsoft:timeout";

    public static bool IsOne(Exception exception) =>
        exception is AmqpException or SocketException or IOException or TimeoutException or ObjectDisposedException or InvalidOperationException { Source: "Amqp.Net" }

            // What AMQPNetLite makes of operations that were under way when the connection was lost: nobody asked for that, so it carries no token of ours.
            or OperationCanceledException { CancellationToken.IsCancellationRequested: false };

    public static SendOutcome ToOutcome(Exception exception) => exception is AmqpException { Error: { } error }
        ? ToOutcome(error, exception.Message)
        : new SendOutcome.Unavailable(exception.Message);

    private static SendOutcome ToOutcome(Error error, string message)
    {
        var text = error.Description ?? message;
        return error.Condition?.ToString() switch
        {
            // The queue or the message is at fault, and sending again changes neither.
            "amqp:not-found" or "amqp:not-allowed" or "amqp:link:message-size-exceeded" or "amqp:decode-error" or "amqp:invalid-field" or "amqp:not-implemented"
                or "com.microsoft:argument-error" or "com.microsoft:entity-disabled" => new SendOutcome.Refused(text),
            "com.microsoft:server-busy" or Timeout or "amqp:resource-limit-exceeded" or "amqp:link:detach-forced" or "amqp:message:released" or "amqp:message-released"
                or "amqp:internal-error" or "amqp:illegal-state" => new SendOutcome.Unavailable(text),
            { } condition when condition.StartsWith("amqp:connection", StringComparison.Ordinal) || condition.StartsWith("amqp:session", StringComparison.Ordinal) => new SendOutcome.Unavailable(text),
            _ => new SendOutcome.Failed(text),
        };
    }
}
