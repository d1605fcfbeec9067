using Payments.Parked;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>An order as callers see it.</summary>
/// <param name="Id">Its id, <c>ord_…</c>.</param>
/// <param name="UserId">Who ordered.</param>
/// <param name="OrderReference">The user's name of the order.</param>
/// <param name="Items">What was ordered.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="Total">In minor units of the currency.</param>
/// <param name="AccountId">The customer's account.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Outcome">The same as a sentence, with the reason where there is one.</param>
/// <param name="PaymentId">The payment, once it is made.</param>
/// <param name="PlacedAt">When it was placed, in UTC.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Decisions">What persons decided about it while it was parked, oldest first.</param>
internal sealed record OrderView(
    string Id,
    string UserId,
    string OrderReference,
    IReadOnlyList<OrderItem> Items,
    string Currency,
    long Total,
    string AccountId,
    OrderStatus Status,
    string Outcome,
    string? PaymentId,
    DateTimeOffset PlacedAt,
    IReadOnlyList<OrderStepView> Steps,
    IReadOnlyList<ResolutionView> Decisions)
{
    internal static OrderView Of(Order order, SagaSnapshot? saga, IReadOnlyList<ResolutionView> decisions) => new(
        order.Id.Value,
        order.Command.UserId,
        order.Command.OrderReference,
        order.Command.Items,
        order.Command.Currency,
        order.Command.Total(),
        order.Command.AccountId,
        OrderWords.StatusOf(saga),
        OrderWords.OutcomeOf(saga),
        saga?.Steps.FirstOrDefault(step => step.Name == ChargeStep.StepName)?.Result?.GetString(),
        order.PlacedAt,
        [.. (saga?.Steps ?? []).Select(step => new OrderStepView(step.Name, OrderWords.Of(step), step.Attempts, step.CompensationAttempts, OrderWords.ReasonOf(step)))],
        decisions);
}
