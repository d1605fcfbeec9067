namespace Chaos.Evidence;

/// <summary>An account's statement.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Balances">What it paid in each currency.</param>
/// <param name="Lines">Its lines, in the order in which they are told.</param>
internal sealed record Statement(string AccountId, IReadOnlyDictionary<string, decimal> Balances, IReadOnlyList<StatementLine> Lines);
