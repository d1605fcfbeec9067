using System.Text;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;

namespace Payments.Functions.ServiceBus;

/// <summary>Messages as Service Bus's client has them and in our own words.</summary>
public static class ServiceBusMessages
{
    /// <summary>A received message, for a consumer.</summary>
    public static InboundMessage ToInbound(ServiceBusReceivedMessage message)
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

    internal static ServiceBusMessage ToServiceBus(OutboundMessage message)
    {
        var copy = new ServiceBusMessage(message.Body)
        {
            MessageId = message.MessageId,
            ContentType = message.ContentType,
        };
        if (message.SessionId is not null)
        {
            copy.SessionId = message.SessionId;
        }

        if (message.Subject is not null)
        {
            copy.Subject = message.Subject;
        }

        if (message.CorrelationId is not null)
        {
            copy.CorrelationId = message.CorrelationId;
        }

        if (message.NotBefore is { } moment)
        {
            copy.ScheduledEnqueueTime = moment;
        }

        foreach (var (name, value) in message.Properties)
        {
            copy.ApplicationProperties[name] = value;
        }

        return copy;
    }

    // Binary as a rule, but a client of another language may send text as an AMQP value, for which Body throws. What is neither is told by its consumer.
    internal static ReadOnlyMemory<byte> BodyOf(ServiceBusReceivedMessage message)
    {
        var body = message.GetRawAmqpMessage().Body;
        if (body.TryGetData(out _))
        {
            return message.Body.ToMemory();
        }

        return body.TryGetValue(out var value) && value is string text ? Encoding.UTF8.GetBytes(text) : ReadOnlyMemory<byte>.Empty;
    }
}
