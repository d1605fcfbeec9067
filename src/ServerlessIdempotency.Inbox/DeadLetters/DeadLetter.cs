namespace ServerlessIdempotency.Inbox.DeadLetters;

/// <summary>A message that could not be processed, as it stands in a dead-letter queue.</summary>
/// <param name="SequenceNumber">Its name within the queue, by which it is resubmitted.</param>
/// <param name="MessageId">The sender's id.</param>
/// <param name="SessionId">The session that it belongs to, or null.</param>
/// <param name="Subject">What it is about, or null.</param>
/// <param name="EnqueuedAt">When it came into the queue, in UTC.</param>
/// <param name="DeliveryCount">How often it was delivered without being completed.</param>
/// <param name="Reason">A short name of the cause.</param>
/// <param name="Description">What is wrong and what to do.</param>
/// <param name="Body">The body as text.</param>
public sealed record DeadLetter(
    long SequenceNumber,
    string? MessageId,
    string? SessionId,
    string? Subject,
    DateTimeOffset EnqueuedAt,
    long DeliveryCount,
    string? Reason,
    string? Description,
    string Body);
