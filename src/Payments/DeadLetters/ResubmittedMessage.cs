namespace Payments.DeadLetters;

/// <summary>Says that a dead letter is back in its queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="SequenceNumber">The number that it had as a dead letter.</param>
internal sealed record ResubmittedMessage(string Queue, long SequenceNumber);
