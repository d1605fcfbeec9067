using System.Text;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// What a message weighs on its way to the broker, at most: the body, the texts beside it and what frames them. Service Bus counts all of it against the size of a message
/// (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas).
/// </summary>
internal static class OutboundSize
{
    /// <summary>The largest message of Service Bus's Standard tier.</summary>
    public const int Max = 256 * 1024;

    // The sections' frames, times, and what a client adds to be traced (traceparent and tracestate, up to 512 characters: https://www.w3.org/TR/trace-context).
    private const int Frame = 1_024;

    // Two texts, each with its type and length.
    private const int PropertyFrame = 16;

    public static long Of(OutboxMessage message) =>
        Frame
        + (long)message.Body.Length
        + Of(message.MessageId)
        + (2L * Of(message.SessionId))
        + Of(message.Subject)
        + Of(message.ContentType)
        + Of(message.CorrelationId)
        + message.Properties.Sum(property => (long)PropertyFrame + Of(property.Key) + Of(property.Value));

    private static int Of(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
