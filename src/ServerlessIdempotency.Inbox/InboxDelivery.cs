using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Inbox;

/// <summary>A message that a consumer is to apply.</summary>
/// <param name="Consumer">The consumer's name. Each consumer applies an event once for itself; handlers that share a name share that.</param>
/// <param name="Message">The message.</param>
public sealed record InboxDelivery(string Consumer, InboundMessage Message)
{
    /// <summary>Whose event it is, where tenants share a queue: the same event id of two tenants is two events. Empty by default.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The event's identity, where the consumer knows it better than the message says. By default CloudEvents source and id, else the property <see cref="InboxOptions.EventIdProperty"/>, else the MessageId.</summary>
    public EventId? EventId { get; init; }

    /// <summary>
    /// What the event means, where the consumer knows it better than by the message's bytes. A message under the id of another one that meant something else is dead-lettered as
    /// <see cref="RejectionReasons.EventIdReused"/>, and one that means the same is a duplicate. By default of a CloudEvent its type, subject and data, of another message its subject
    /// and body; JSON by what it says, however it is written.
    /// </summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>The event, where the consumer has read it already. Default null: the message is read.</summary>
    public CloudEvent? CloudEvent { get; init; }

    /// <summary>
    /// The event may well have been applied before, so it is read first: a duplicate then costs one round trip, a new message one more. Correct either way.
    /// Default: the delivery count is above 1.
    /// </summary>
    public bool LikelyDuplicate { get; init; } = Message.DeliveryCount > 1;
}
