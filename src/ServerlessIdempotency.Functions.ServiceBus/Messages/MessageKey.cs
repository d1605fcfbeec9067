using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>The key of a message, or why it has none.</summary>
internal abstract record MessageKey
{
    private MessageKey()
    {
    }

    /// <param name="Key">The key.</param>
    /// <param name="NamesEvent">Whether it names the event itself, and so everything that the event says; else it is a name that a sender chose, and could use twice.</param>
    public sealed record Found(IdempotencyKey Key, bool NamesEvent) : MessageKey;

    /// <param name="Reason">The dead-letter reason.</param>
    /// <param name="Description">What is wrong with the message.</param>
    public sealed record Missing(string Reason, string Description) : MessageKey;

    /// <param name="message">The message.</param>
    /// <param name="source">Where its key is.</param>
    /// <param name="eventIdProperty">The application property that names the event where the message is no CloudEvent.</param>
    public static MessageKey Of(InboundMessage message, KeySource source, string eventIdProperty)
    {
        switch (source)
        {
            case KeySource.Property property:
                return PropertyOf(message, property.Name) is { } value ? Chosen(value) : Lacks($"the application property '{property.Name}'");
            case KeySource.Body body:
                try
                {
                    return body.Path.Find(message.Body) is { Length: > 0 } text ? Chosen(text) : Lacks($"{body.Path.Text} in its body");
                }
                catch (JsonException exception)
                {
                    return new Missing(DeadLetterReason.KeyMissing, $"The body, which should hold the key, is not JSON: {exception.Message}");
                }

            case KeySource.EventIdentity:
                return CloudEventReader.Read(message) switch
                {
                    CloudEventReading.Read read => Event(read.Event.EventId),
                    CloudEventReading.Malformed malformed => new Missing(RejectionReasons.CloudEventMalformed, malformed.Fault),
                    _ when (PropertyOf(message, eventIdProperty) ?? message.MessageId) is { Length: > 0 } id => Event(EventId.FromText(id)),
                    _ => Lacks($"the attributes of a CloudEvent, the property '{eventIdProperty}' and a MessageId"),
                };
            default:
                throw new NotSupportedException($"A message has no {source.GetType().Name}.");
        }
    }

    public static string? PropertyOf(InboundMessage message, string name) =>
        message.Properties.TryGetValue(name, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    // As the inbox does it: an attribute and an inbox consumer of one name know each other's events.
    private static Found Event(EventId id) => new(IdempotencyKey.Create(id.Value), NamesEvent: true);

    private static Missing Lacks(string what) => new(DeadLetterReason.KeyMissing, $"The message has no key: it lacks {what}.");

    // Publishers' ids may hold spaces or other letters; those that could also come by HTTP stay as they are, so that both name the same operation.
    private static Found Chosen(string text) => new(
        text.Length <= IdempotencyKey.MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? IdempotencyKey.Create(text)
            : IdempotencyKey.Create($"sha256-{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}"),
        NamesEvent: false);
}
