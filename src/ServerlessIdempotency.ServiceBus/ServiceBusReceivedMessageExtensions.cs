using System.Text;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Received messages in the library's words, for a function that calls an inbox or the engine by itself.</summary>
public static class ServiceBusReceivedMessageExtensions
{
    /// <summary>
    /// The message as consumers take it. A body of several data sections is all of them, one after the other; an AMQP value, as other languages' clients send it, is its bytes where
    /// it is binary, else its exact text in UTF-8 (a number, a moment, a boolean as a property would be read); nothing where it is null. Lists, maps and sequences have no exact
    /// bytes: <see cref="InboundMessage.BodyFault"/> says so, and consumers reject the message.
    /// </summary>
    /// <param name="message">The message.</param>
    public static InboundMessage ToInboundMessage(this ServiceBusReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (body, fault) = BodyOf(message);
        return new InboundMessage(body)
        {
            BodyFault = fault,
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

    // For what is not data, Body throws.
    private static (ReadOnlyMemory<byte> Body, string? Fault) BodyOf(ServiceBusReceivedMessage message)
    {
        var body = message.GetRawAmqpMessage().Body;
        if (body.TryGetData(out _))
        {
            return (message.Body.ToMemory(), null);
        }

        if (!body.TryGetValue(out var value))
        {
            return (default, "The body is an AMQP sequence, which has no exact bytes: send data, or a text.");
        }

        return value switch
        {
            null => (default, null),
            byte[] bytes => (bytes, null),
            ReadOnlyMemory<byte> bytes => (bytes, null),
            ArraySegment<byte> bytes => (bytes.ToArray(), null),
            _ when PropertyText.Of(value) is { } text => (Encoding.UTF8.GetBytes(text), null),
            _ => (default, $"The body is an AMQP value of the type {value.GetType().Name}, which has no exact bytes: send data, or a text."),
        };
    }
}
