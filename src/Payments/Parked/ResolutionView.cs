using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>A person's decision, as it is kept.</summary>
/// <param name="Id">What was decided about.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Step">The step that it was about.</param>
/// <param name="Reason">Why the order had been parked.</param>
/// <param name="Decision"><c>retry</c>, <c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Note">Why it was decided so.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When, in UTC.</param>
internal sealed record ResolutionView(string Id, string OrderId, string Step, string Reason, string Decision, string Note, string By, DateTimeOffset At)
{
    internal static ResolutionView Of(ParkedId id, ParkedResolution resolution) =>
        new(id.ToString(), id.Order.Value, resolution.Step, resolution.Reason, DecisionWords.Of(resolution.Decision), resolution.Note, resolution.By, resolution.At);
}
