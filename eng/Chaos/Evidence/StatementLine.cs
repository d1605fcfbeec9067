namespace Chaos.Evidence;

/// <summary>A line of an account's statement.</summary>
internal sealed record StatementLine(string EventId, string Type, string PaymentId, long Amount, string Currency, DateTimeOffset At);
