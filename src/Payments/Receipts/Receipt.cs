namespace Payments.Receipts;

/// <summary>The e-mail that tells a customer of a captured payment.</summary>
/// <param name="MessageId">The same on every attempt, so that a mail system that has it already takes it for the same one.</param>
/// <param name="To">The customer's address.</param>
/// <param name="Subject">The subject line.</param>
/// <param name="Text">The plain text.</param>
internal sealed record Receipt(string MessageId, string To, string Subject, string Text);
