namespace ServerlessIdempotency.Inbox;

/// <summary>The reasons for which the inbox itself sends a message to the dead-letter queue.</summary>
public static class RejectionReasons
{
    /// <summary>Nothing in the message names the event, or what does has no exact text, so a duplicate could not be told.</summary>
    public const string EventIdMissing = nameof(EventIdMissing);

    /// <summary>The body is of a type that has no exact bytes, such as a list, so nobody could tell what it says.</summary>
    public const string BodyUnreadable = nameof(BodyUnreadable);

    /// <summary>The message says that it is a CloudEvent, and is not.</summary>
    public const string CloudEventMalformed = nameof(CloudEventMalformed);

    /// <summary>The event's id was used before for something else.</summary>
    public const string EventIdReused = nameof(EventIdReused);

    /// <summary>An earlier delivery ended without an answer, and the crash policy of its operation allows no other one until a person has decided.</summary>
    public const string OutcomeUnknown = nameof(OutcomeUnknown);

    /// <summary>Every delivery of the message failed, or found another consumer at it.</summary>
    public const string DeliveriesExhausted = nameof(DeliveriesExhausted);

    /// <summary>What its handler changes is more than one transaction takes, or a row of it is none that the store takes: no other delivery would change that.</summary>
    public const string EffectsNotStorable = nameof(EffectsNotStorable);
}
