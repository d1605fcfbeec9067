using System.Globalization;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>Tells a saga in plain words.</summary>
internal static class OrderWords
{
    public static OrderStatus StatusOf(SagaSnapshot? saga) => saga?.Status switch
    {
        SagaStatus.Compensating => OrderStatus.Cancelling,
        SagaStatus.Parked => OrderStatus.Parked,
        SagaStatus.Completed => OrderStatus.Confirmed,
        SagaStatus.Compensated => OrderStatus.Cancelled,
        _ => OrderStatus.Pending,
    };

    public static string OutcomeOf(SagaSnapshot? saga) => saga switch
    {
        { Status: SagaStatus.Completed } => "Confirmed: the stock is held and the payment is made.",
        { Status: SagaStatus.Compensated } when NotUndoneIn(saga) is { Length: > 0 } steps => $"Cancelled. By a person's decision this is not undone: {steps}. {saga.Reason}",
        { Status: SagaStatus.Compensated } => $"Cancelled, and everything is undone. {saga.Reason}",
        { Status: SagaStatus.Compensating } => $"Being cancelled: what was done is undone. {saga.Reason}",
        { Status: SagaStatus.Parked } => $"Parked: a person has to decide about the step {saga.ParkedStep}.",
        { WaitsUntil: { } until } => $"In progress; the next attempt is due at {until.ToString("u", CultureInfo.InvariantCulture)}.",
        _ => "In progress.",
    };

    /// <summary>Why a step was refused. Why it failed or is not known is for operators: a client library's message names hosts and accounts.</summary>
    public static string? ReasonOf(SagaStepSnapshot step) => step.Status == SagaStepStatus.Rejected ? step.Reason : null;

    public static string Of(SagaStepSnapshot step) => step.Status switch
    {
        SagaStepStatus.Pending when step.HasBegun => "waiting to be tried again",
        SagaStepStatus.Pending => "not begun",
        SagaStepStatus.Started => "begun",
        SagaStepStatus.Done => "done",
        SagaStepStatus.Unknown => "outcome unknown, being asked for",
        SagaStepStatus.Rejected => "refused",
        SagaStepStatus.Compensating => "being undone",
        SagaStepStatus.Compensated => "undone",
        SagaStepStatus.NotCompensated => "left as it is by a person's decision",
        _ => step.Status.ToString(),
    };

    private static string NotUndoneIn(SagaSnapshot saga) => string.Join(", ", saga.Steps.Where(step => step.Status == SagaStepStatus.NotCompensated).Select(step => step.Name));
}
