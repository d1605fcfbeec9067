namespace Payments.Receipts;

/// <summary>A message in the simulated mailbox.</summary>
/// <param name="MessageId">The message's id.</param>
/// <param name="To">The address.</param>
/// <param name="Subject">The subject line.</param>
/// <param name="Text">The plain text.</param>
/// <param name="ReceivedAt">When it first came, in UTC.</param>
/// <param name="Arrivals">How often it came. A mail system shows it once all the same.</param>
internal sealed record MailboxMessage(string MessageId, string To, string Subject, string Text, DateTimeOffset ReceivedAt, long Arrivals);
