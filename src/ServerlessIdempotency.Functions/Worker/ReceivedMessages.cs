using System.Text;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Received messages in the library's words.</summary>
internal static class ReceivedMessages
{
    public static InboundMessage ToInbound(ServiceBusReceivedMessage message) => new(BodyOf(message))
    {
        MessageId = message.MessageId,
        SessionId = message.SessionId,
        Subject = message.Subject,
        CorrelationId = message.CorrelationId,
        ContentType = message.ContentType,
        DeliveryCount = message.DeliveryCount,
        EnqueuedAt = message.EnqueuedTime,
        Properties = message.ApplicationProperties.ToDictionary(property => property.Key, property => (object?)property.Value, StringComparer.Ordinal),
    };

    // Binary as a rule, but a client of another language may send text as an AMQP value, for which Body throws.
    private static ReadOnlyMemory<byte> BodyOf(ServiceBusReceivedMessage message)
    {
        var body = message.GetRawAmqpMessage().Body;
        if (body.TryGetData(out _))
        {
            return message.Body.ToMemory();
        }

        return body.TryGetValue(out var value) && value is string text ? Encoding.UTF8.GetBytes(text) : ReadOnlyMemory<byte>.Empty;
    }
}
