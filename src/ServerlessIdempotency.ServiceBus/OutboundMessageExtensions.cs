using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Messages of the outbox as Service Bus's client takes them.</summary>
internal static class OutboundMessageExtensions
{
    public static ServiceBusMessage ToServiceBusMessage(this OutboundMessage message)
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
}
