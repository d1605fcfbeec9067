namespace ServerlessIdempotency.Inbox;

/// <summary>What is a dead letter since nobody knows whether it had its effect.</summary>
internal static class UnknownOutcome
{
    /// <param name="reason">What is known of it, as a sentence.</param>
    /// <param name="isOwn">Whether it is this delivery that gave no answer.</param>
    public static InboxOutcome.Rejected Of(string reason, bool isOwn) => new(
        RejectionReasons.OutcomeUnknown,
        $"{(isOwn ? "This" : "An earlier")} delivery ended without an answer, and whether it had its effect is not known: {reason} Resolve the event's record, then resubmit the message: it is applied, or found done, as was decided.");
}
