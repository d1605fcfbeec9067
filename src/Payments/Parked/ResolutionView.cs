namespace Payments.Parked;

/// <summary>A person's decision, as it is kept.</summary>
/// <param name="Id">What was decided about.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Decision"><c>retry</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Note">Why.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When, in UTC.</param>
public sealed record ResolutionView(string Id, string OrderId, string Decision, string Note, string By, DateTimeOffset At);
