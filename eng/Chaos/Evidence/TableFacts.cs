namespace Chaos.Evidence;

/// <summary>What only the tables tell.</summary>
/// <param name="Payments">The ids of all payments.</param>
/// <param name="LedgerRows">How many ledger entries there are, of whatever payment.</param>
/// <param name="Orders">How many orders there are.</param>
/// <param name="UnsentMessages">The outbox rows that are left, parked ones included.</param>
/// <param name="InProgress">The records of operations that nobody has ended.</param>
/// <param name="Records">How many records of operations there are.</param>
/// <param name="Takeovers">How many of them were executed by more than one instance, one after another.</param>
internal sealed record TableFacts(
    IReadOnlyList<string> Payments, int LedgerRows, int Orders, IReadOnlyList<string> UnsentMessages, IReadOnlyList<string> InProgress, int Records, int Takeovers);
