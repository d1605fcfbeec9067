namespace Chaos.Evidence;

/// <summary>A charge, as the gateway knows it.</summary>
internal sealed record Charge(string Reference, string AccountId, long Amount, string Currency, string Status);
