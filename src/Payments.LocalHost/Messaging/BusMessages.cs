using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;

namespace Payments.LocalHost.Messaging;

/// <summary>Messages on the wire and in our own words.</summary>
internal static class BusMessages
{
    private static readonly Symbol ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
    private static readonly Symbol EnqueuedTime = "x-opt-enqueued-time";
    private static readonly Symbol SequenceNumber = "x-opt-sequence-number";

    public static Message ToAmqp(OutboundMessage message)
    {
        var amqp = new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = message.MessageId, ContentType = message.ContentType },
            BodySection = new Data { Binary = message.Body.ToArray() },
        };
        if (message.SessionId is { } session)
        {
            amqp.Properties.GroupId = session;
        }

        if (message.Subject is { } subject)
        {
            amqp.Properties.Subject = subject;
        }

        if (message.CorrelationId is { } correlation)
        {
            amqp.Properties.CorrelationId = correlation;
        }

        if (message.NotBefore is { } moment)
        {
            amqp.MessageAnnotations = new MessageAnnotations { [ScheduledEnqueueTime] = moment.UtcDateTime };
        }

        if (message.Properties.Count > 0)
        {
            amqp.ApplicationProperties = new ApplicationProperties();
            foreach (var (name, value) in message.Properties)
            {
                amqp.ApplicationProperties[name] = value;
            }
        }

        return amqp;
    }

    public static InboundMessage ToInbound(Message message) => new(BodyOf(message))
    {
        MessageId = IdOf(message),
        SessionId = message.Properties?.GroupId,
        Subject = message.Properties?.Subject,
        CorrelationId = message.Properties?.GetCorrelationId()?.ToString(),
        ContentType = message.Properties?.ContentType?.ToString(),
        DeliveryCount = DeliveriesOf(message) + 1,
        EnqueuedAt = EnqueuedAtOf(message),
        Properties = PropertiesOf(message),
    };

    public static string? IdOf(Message message) => message.Properties?.GetMessageId()?.ToString();

    public static int DeliveriesOf(Message message) => (int)Math.Min(message.Header?.DeliveryCount ?? 0, int.MaxValue - 1);

    public static long SequenceNumberOf(Message message) => message.MessageAnnotations?[SequenceNumber] is long number ? number : 0;

    public static DateTimeOffset EnqueuedAtOf(Message message) =>
        message.MessageAnnotations?[EnqueuedTime] is DateTime moment ? new DateTimeOffset(moment.ToUniversalTime()) : default;

    public static Dictionary<string, object?> PropertiesOf(Message message) =>
        message.ApplicationProperties?.Map.ToDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value, StringComparer.Ordinal) ?? [];

    // Whatever a client library makes of a body: binary, as a rule, but also text as an AMQP value. What is neither is told by its consumer.
    public static byte[] BodyOf(Message message) => message.Body switch
    {
        byte[] bytes => bytes,
        string text => System.Text.Encoding.UTF8.GetBytes(text),
        _ => [],
    };
}
