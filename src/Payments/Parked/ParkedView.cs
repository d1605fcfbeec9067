namespace Payments.Parked;

/// <summary>Work that waits for a person.</summary>
/// <param name="Id">The name to resolve it by.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Step">The step that the decision is about.</param>
/// <param name="Doing">What was being done: <c>step</c>, or <c>undoing</c> where it was being undone.</param>
/// <param name="Reason">Why it is parked.</param>
/// <param name="ParkedAt">Since when, in UTC.</param>
internal sealed record ParkedView(string Id, string OrderId, string Step, string Doing, string Reason, DateTimeOffset ParkedAt);
