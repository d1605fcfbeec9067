namespace Chaos.Evidence;

/// <summary>A payment and its ledger, as the API tells them.</summary>
internal sealed record PaymentState(string Id, string AccountId, long Amount, string Currency, string Status, string GatewayReference, IReadOnlyList<LedgerLine> Ledger);
