namespace Chaos.Evidence;

/// <summary>An order, as the API tells it.</summary>
internal sealed record OrderState(string Id, string Reference, string Status, string Outcome, string? PaymentId);
