namespace Chaos.Evidence;

/// <summary>One side of a booking.</summary>
internal sealed record LedgerLine(string TransactionId, string Type, long Amount, string Currency);
