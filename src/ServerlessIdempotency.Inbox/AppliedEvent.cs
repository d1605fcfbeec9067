using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Inbox;

/// <summary>What is remembered of an event that was applied.</summary>
/// <param name="Content">What its message said; null where its mark was written without.</param>
/// <param name="ExpiresAt">From when on it is forgotten.</param>
internal sealed record AppliedEvent(Fingerprint? Content, DateTimeOffset ExpiresAt)
{
    /// <summary>What a message under the event's id is: a copy, or something else that the event's id must not stand for.</summary>
    public InboxOutcome Meet(EventIdentity.Known identity) => Content is { } content && content != identity.Content ? Reused() : new InboxOutcome.Duplicate();

    public static InboxOutcome.Rejected Reused() => new(
        RejectionReasons.EventIdReused,
        "The event's id was used before, by a message that says something else, and this one was not applied: give each event an id of its own.");
}
