namespace Payments.DeadLetters;

/// <summary>A dead letter that a person took away for good, as it is kept.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="SequenceNumber">The number that it had as a dead letter.</param>
/// <param name="MessageId">The sender's id.</param>
/// <param name="SessionId">The session that it belonged to, or null.</param>
/// <param name="Subject">What it was about, or null.</param>
/// <param name="EnqueuedAt">When it came into the queue, in UTC.</param>
/// <param name="Reason">Why it was a dead letter.</param>
/// <param name="Description">What was wrong.</param>
/// <param name="Body">The beginning of the body as text.</param>
/// <param name="BodyLength">The whole body's length in characters: more than <see cref="Body"/> has where it was too long to be kept.</param>
/// <param name="Note">Why it was discarded.</param>
/// <param name="By">Who discarded it.</param>
/// <param name="At">When, in UTC.</param>
internal sealed record DiscardedLetter(
    string Queue,
    long SequenceNumber,
    string? MessageId,
    string? SessionId,
    string? Subject,
    DateTimeOffset EnqueuedAt,
    string? Reason,
    string? Description,
    string Body,
    long BodyLength,
    string Note,
    string By,
    DateTimeOffset At);
