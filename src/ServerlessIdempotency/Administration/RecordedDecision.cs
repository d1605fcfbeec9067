namespace ServerlessIdempotency.Administration;

/// <summary>A decision about a record, as it is kept for 400 days.</summary>
/// <param name="Change">What was done: <c>Released</c>, <c>Forgotten</c> or <c>Resolved</c>.</param>
/// <param name="Decision">Who and why.</param>
/// <param name="At">When.</param>
/// <param name="State">Where the operation stood before.</param>
/// <param name="Attempt">Which claim it was.</param>
public sealed record RecordedDecision(string Change, Decision Decision, DateTimeOffset At, OperationState State, long Attempt);
