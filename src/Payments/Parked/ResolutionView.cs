using Payments.Partitions;
using Payments.Undecided;
using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>A person's decision, as it is kept.</summary>
/// <param name="Id">What was decided about.</param>
/// <param name="OrderId">The order; null where it is a payment by itself.</param>
/// <param name="PaymentId">The payment; null where it is an order's.</param>
/// <param name="Step">The step that it was about.</param>
/// <param name="Reason">Why it had been parked.</param>
/// <param name="Decision"><c>retry</c>, <c>succeeded</c> or <c>failed</c>; of a payment <c>captured</c> or <c>not-charged</c>.</param>
/// <param name="Note">Why it was decided so.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When, in UTC.</param>
internal sealed record ResolutionView(string Id, string? OrderId, string? PaymentId, string Step, string Reason, string Decision, string Note, string By, DateTimeOffset At)
{
    internal static ResolutionView Of(ParkedId id, ParkedResolution resolution) =>
        new(id.ToString(), id.Order.Value, PaymentId: null, resolution.Step, resolution.Reason, DecisionWords.Of(resolution.Decision), resolution.Note, resolution.By, resolution.At);

    internal static ResolutionView Of(PaymentId id, PaymentResolution resolution) =>
        new(id.Value, OrderId: null, id.Value, "charge", resolution.Reason, PaymentDecisionWords.Of(resolution.Decision), resolution.Note, resolution.By, resolution.At);
}
