using System.Text;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Received messages in the library's words, for a function that calls an inbox or the engine by itself.</summary>
public static class ServiceBusReceivedMessageExtensions
{
    /// <summary>The message as consumers take it. A body that another language's client sent as an AMQP string is taken as UTF-8, one of an AMQP binary as its bytes, and one of any other type as empty.</summary>
    /// <param name="message">The message.</param>
    public static InboundMessage ToInboundMessage(this ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new InboundMessage(BodyOf(message))
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
    }

    // For what is not binary, Body throws.
    private static ReadOnlyMemory<byte> BodyOf(ServiceBusReceivedMessage message)
    {
        var body = message.GetRawAmqpMessage().Body;
        if (body.TryGetData(out _))
        {
            return message.Body.ToMemory();
        }

        return body.TryGetValue(out var value)
            ? value switch
            {
                string text => Encoding.UTF8.GetBytes(text),
                byte[] bytes => bytes,
                ArraySegment<byte> bytes => bytes.ToArray(),
                _ => ReadOnlyMemory<byte>.Empty,
            }
            : ReadOnlyMemory<byte>.Empty;
    }
}
