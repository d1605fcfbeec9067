using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>A message that could not be sent and waits for a person's decision.</summary>
/// <param name="Address">The row that holds it.</param>
/// <param name="Message">The message, or null where the row can't be read as one.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Error">What the last attempt said.</param>
/// <param name="CommittedAt">When its operation was committed.</param>
public sealed record ParkedMessage(RowAddress Address, OutboundMessage? Message, int Attempts, string Error, DateTimeOffset CommittedAt);
