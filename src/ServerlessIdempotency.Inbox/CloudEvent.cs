using System.Diagnostics.CodeAnalysis;

namespace ServerlessIdempotency.Inbox;

/// <summary>An event in the form of CloudEvents 1.0 (https://github.com/cloudevents/spec).</summary>
/// <param name="Source">Where it happened; with <paramref name="Id"/> unique for each event.</param>
/// <param name="Id">Which one it is.</param>
/// <param name="Type">What happened.</param>
public sealed record CloudEvent(string Source, string Id, string Type)
{
    /// <summary>What in the source it is about, or null.</summary>
    public string? Subject { get; init; }

    /// <summary>When it happened, or null.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The media type of <see cref="Data"/>, or null.</summary>
    public string? DataContentType { get; init; }

    /// <summary>The event's data, byte for byte; empty where it has none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The identity of the event.</summary>
    public EventId EventId => EventId.FromCloudEvent(Source, Id);

    /// <summary>Reads the CloudEvent that a message is: the JSON format in the body, or attributes as AMQP application properties.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cloudEvent">The event, or null.</param>
    /// <param name="fault">What is wrong, as a sentence for the sender; null where the message does not say that it is a CloudEvent.</param>
    public static bool TryRead(InboundMessage message, [NotNullWhen(true)] out CloudEvent? cloudEvent, out string? fault)
    {
        var reading = CloudEventReader.Read(message);
        cloudEvent = (reading as CloudEventReading.Read)?.Event;
        fault = (reading as CloudEventReading.Malformed)?.Fault;
        return cloudEvent is not null;
    }
}
