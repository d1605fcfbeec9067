namespace Payments.Parked;

/// <summary>Work that waits for a person.</summary>
/// <param name="Id">The name to resolve it by.</param>
/// <param name="OrderId">The order; null where it is a payment by itself.</param>
/// <param name="PaymentId">The payment; null where it is an order's.</param>
/// <param name="Step">The step that the decision is about.</param>
/// <param name="Doing">What was being done: <c>step</c>, or <c>undoing</c> where an order's step was being undone; <c>payment</c> where it is a payment by itself, <c>refund</c> where that came to nothing.</param>
/// <param name="Reason">Why it is parked.</param>
/// <param name="ParkedAt">Since when, in UTC.</param>
/// <param name="Decisions">What may be decided; nothing about a refund, which can be asked for again.</param>
internal sealed record ParkedView(string Id, string? OrderId, string? PaymentId, string Step, string Doing, string Reason, DateTimeOffset ParkedAt, IReadOnlyList<string> Decisions);
