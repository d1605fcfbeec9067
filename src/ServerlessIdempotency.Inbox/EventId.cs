using System.Globalization;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Inbox;

/// <summary>
/// The identity of an event: 43 characters of base64url, the same for every copy of it. Together with the consumer's name it names one application.
/// </summary>
public readonly record struct EventId
{
    private readonly string? _value;

    private EventId(string value) => _value = value;

    /// <summary>The id's text, visible ASCII; it can serve as an idempotency key.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This event id was never given a value: use EventId.From.");

    /// <summary>The id of an event that is known by who raised it, what happened, and when.</summary>
    /// <param name="sourceId">Who raised it, for example a device or an order.</param>
    /// <param name="eventType">What happened.</param>
    /// <param name="timestamp">When, by the source's clock; the same moment in another time zone is the same event. A source that raises two events of a type at once needs finer time or ids of its own.</param>
    public static EventId From(string sourceId, string eventType, DateTimeOffset timestamp)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceId);
        ArgumentException.ThrowIfNullOrEmpty(eventType);
        return Hash("event", sourceId, eventType, timestamp.UtcTicks.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The id of a CloudEvent: its source and id together are unique for each event (CloudEvents 1.0, section 3.1).</summary>
    public static EventId FromCloudEvent(string source, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(id);
        return Hash("cloudevent", source, id);
    }

    /// <summary>The id of an event whose sender gave it a unique one.</summary>
    public static EventId FromText(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return Hash("text", id);
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    private static EventId Hash(params ReadOnlySpan<string> parts) => new(OperationHash.ComputeText(["event-id", .. parts]));
}
