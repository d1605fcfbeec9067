using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>A message that was committed and is not sent yet: its queue can't be reached, an attempt failed, or it waits behind another one of its session.</summary>
/// <param name="Address">The row that holds it.</param>
/// <param name="Message">The message, or null where the row can't be read as one.</param>
/// <param name="Attempts">How often an attempt failed. One that got no connection is not counted.</param>
/// <param name="Error">What the last failed attempt said; null where none is counted.</param>
/// <param name="CommittedAt">When its operation was committed.</param>
public sealed record WaitingMessage(RowAddress Address, OutboundMessage? Message, int Attempts, string? Error, DateTimeOffset CommittedAt);
