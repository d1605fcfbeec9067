using Microsoft.Extensions.Options;
using Payments.Creating;
using Payments.Partitions;
using Payments.Refunding;
using Payments.State;
using Payments.Transitions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>
/// Takes the money by the payment code, with the step's stable key as the payment's idempotency key: the payment's record is the one that decides whether there is a
/// charge. Undoing claims the same record and prevents the charge at the gateway under the same key, so a charge that comes late is not made.
/// </summary>
internal sealed class ChargeStep(
    IdempotencyEngine engine,
    CreatePaymentOperation operations,
    CreatePaymentHandler create,
    ChargeInquiry inquiry,
    PaymentTransitionHandler move,
    RefundSettlement refunds,
    PaymentReader payments,
    IOptions<OrderOptions> options) : SagaStep
{
    public const string StepName = "charge";

    private const string ChargeUnderWay = "An earlier attempt to charge is still under way.";
    private const string RowsChanging = "The payment's rows kept changing.";
    private const string KeyReused = "The payment's key was used for another request.";

    // A parked order may be taken up again after weeks; under a record that had expired by then, the same key would charge a second time.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(400);

    // A bank takes hours or days, and all attempts together have to last for them.
    private static readonly TimeSpan RefundPause = TimeSpan.FromHours(6);

    private static readonly CompensationOutcome RefundTaken = new CompensationOutcome.Retryable("The refund is taken and not done yet.", RefundPause);

    public override string Name => StepName;

    public override TimeSpan Timeout { get; } = options.Value.StepTimeout;

    public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken) =>
        ChargeAsync(context, cancellationToken);

    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        var (operation, command, _) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, async (attempt, token) => (await inquiry.AskAsync(command, attempt, token)).Select(ToProbeOutcome), cancellationToken);
        return outcome switch
        {
            ExecutionOutcome<ProbeOutcome>.Executed executed => executed.Value,
            ExecutionOutcome<ProbeOutcome>.Replayed replayed => ToProbeOutcome(PaymentResult.Of(replayed.Result)),
            ExecutionOutcome<ProbeOutcome>.NotStored notStored => notStored.Value,
            ExecutionOutcome<ProbeOutcome>.InProgress => new ProbeOutcome.Unreachable(ChargeUnderWay),
            ExecutionOutcome<ProbeOutcome>.Unavailable unavailable => new ProbeOutcome.Unreachable(unavailable.Cause.Message),
            ExecutionOutcome<ProbeOutcome>.Contended => new ProbeOutcome.Unreachable(RowsChanging),
            _ => new ProbeOutcome.CannotTell(KeyReused),
        };
    }

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        // First the end of all charging under this key: either there is a payment from here on, or there never will be one.
        var (operation, command, principal) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, (attempt, token) => inquiry.PreventAsync(command, attempt, token), cancellationToken);
        return outcome switch
        {
            ExecutionOutcome<PaymentResult>.Executed executed => await UndoAsync(executed.Value),
            ExecutionOutcome<PaymentResult>.Replayed replayed => await UndoAsync(PaymentResult.Of(replayed.Result)),
            ExecutionOutcome<PaymentResult>.NotStored notStored => new CompensationOutcome.Retryable(ReasonOf(notStored.Value)),
            ExecutionOutcome<PaymentResult>.InProgress inProgress => new CompensationOutcome.Retryable(ChargeUnderWay, inProgress.LeaseLeft),
            ExecutionOutcome<PaymentResult>.Unavailable unavailable => new CompensationOutcome.Retryable(unavailable.Cause.Message),
            ExecutionOutcome<PaymentResult>.Contended => new CompensationOutcome.Retryable(RowsChanging),
            _ => new CompensationOutcome.Failed(KeyReused),
        };

        async Task<CompensationOutcome> UndoAsync(PaymentResult result) => result is PaymentResult.Made made
            ? await RefundAsync(principal, made.Payment, context.StableKey, cancellationToken)
            : new CompensationOutcome.Done();
    }

    private async Task<StepOutcome> ChargeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        var (operation, command, _) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, (attempt, token) => create.ExecuteAsync(command, attempt, token), cancellationToken);
        return outcome switch
        {
            ExecutionOutcome<PaymentResult>.Executed executed => ToStepOutcome(executed.Value),
            ExecutionOutcome<PaymentResult>.Replayed replayed => ToStepOutcome(PaymentResult.Of(replayed.Result)),
            ExecutionOutcome<PaymentResult>.NotStored notStored => ToStepOutcome(notStored.Value),
            ExecutionOutcome<PaymentResult>.InProgress inProgress => new StepOutcome.Retryable(ChargeUnderWay, inProgress.LeaseLeft),
            ExecutionOutcome<PaymentResult>.Unavailable { HandlerRan: false } unavailable => new StepOutcome.Retryable(unavailable.Cause.Message),
            ExecutionOutcome<PaymentResult>.Unavailable unavailable => new StepOutcome.OutcomeUnknown(unavailable.Cause.Message),
            ExecutionOutcome<PaymentResult>.Contended => new StepOutcome.OutcomeUnknown(RowsChanging),
            _ => new StepOutcome.OutcomeUnknown(KeyReused),
        };
    }

    private async Task<CompensationOutcome> RefundAsync(string principal, Payment payment, string stableKey, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(payment.Id, out var id))
        {
            return new CompensationOutcome.Failed($"The payment's id {payment.Id} can't be read.");
        }

        var merchant = MerchantId.Of(principal);
        var current = (await payments.FindAsync(merchant, id, cancellationToken))?.Payment;
        if (current is { Status: PaymentStatus.Refunding })
        {
            if (await refunds.SettleAsync(merchant, id, current, cancellationToken) is { } waits)
            {
                return new CompensationOutcome.Retryable(waits, RefundPause);
            }

            current = (await payments.FindAsync(merchant, id, cancellationToken))?.Payment;
        }

        if (current is { Status: PaymentStatus.Refunded })
        {
            return new CompensationOutcome.Done();
        }

        // A refund that came to nothing is asked for again, under a key of its own: the stored answer of the first is that it was taken.
        if (current?.RefundFailures is > 0 and var failures)
        {
            stableKey = $"{stableKey}.{failures}";
        }

        var command = new PaymentTransitionCommand(id, new RefundPayment());
        var outcome = await engine.ExecuteAsync(
            PaymentTransitionOperation.For(principal, IdempotencyKey.Create(stableKey), command),
            (attempt, token) => MoveAsync(command, attempt, token),
            cancellationToken);
        return outcome switch
        {
            ExecutionOutcome<PaymentResult>.Executed { Value: PaymentResult.Made { Payment.Status: PaymentStatus.Refunding } } => RefundTaken,
            ExecutionOutcome<PaymentResult>.Executed => new CompensationOutcome.Done(),
            ExecutionOutcome<PaymentResult>.Replayed { Result.StatusCode: 202 } => RefundTaken,
            ExecutionOutcome<PaymentResult>.Replayed replayed when PaymentResult.Of(replayed.Result) is PaymentResult.Made => new CompensationOutcome.Done(),

            // Someone else may have refunded it since it was read: the next attempt sees that. Where it stays refused, a person is asked.
            ExecutionOutcome<PaymentResult>.NotStored notStored => new CompensationOutcome.Retryable(ReasonOf(notStored.Value)),
            ExecutionOutcome<PaymentResult>.InProgress inProgress => new CompensationOutcome.Retryable("An earlier attempt to refund is still under way.", inProgress.LeaseLeft),
            ExecutionOutcome<PaymentResult>.Unavailable unavailable => new CompensationOutcome.Retryable(unavailable.Cause.Message),
            _ => new CompensationOutcome.Retryable("The refund was not clear."),
        };
    }

    // A caller's refusal is stored and replayed. Here the key is the step's own, the same for every attempt and every decision to try again, and what is refused today, for
    // want of balance say, may be taken tomorrow: nothing but the refund itself is stored under it.
    private async Task<HandlerOutcome<PaymentResult>> MoveAsync(PaymentTransitionCommand command, OperationContext attempt, CancellationToken cancellationToken) =>
        await move.ExecuteAsync(command, attempt, cancellationToken) switch
        {
            HandlerOutcome<PaymentResult>.Completed { Value: PaymentResult.Refused refused } => HandlerOutcome.Failed<PaymentResult>(refused),
            var other => other,
        };

    private (Operation Operation, CreatePaymentCommand Command, string Principal) OperationOf(SagaStepContext context)
    {
        var input = context.Input(OrdersJsonContext.Default.OrderSagaInput);
        var command = new CreatePaymentCommand(input.Command.AccountId, input.Command.Total(), input.Command.Currency, input.Command.PaymentMethod, Capture: true);
        var operation = operations.For(input.Principal, IdempotencyKey.Create(context.StableKey), command) with
        {
            Retention = Retention,
            SendsMessages = true,

            // Only the first attempt meets no record.
            LikelyRetry = context.Attempt > 1,
        };
        return (operation, command, input.Principal);
    }

    private static StepOutcome ToStepOutcome(PaymentResult result) => result switch
    {
        PaymentResult.Made made => StepOutcome.Give(made.Payment.Id, OrdersJsonContext.Default.String),
        PaymentResult.Unclear => new StepOutcome.OutcomeUnknown(ReasonOf(result)),
        _ => new StepOutcome.Rejected(ReasonOf(result)),
    };

    private static ProbeOutcome ToProbeOutcome(ChargeFinding finding) => finding switch
    {
        ChargeFinding.Answered answered => ToProbeOutcome(answered.Result),
        ChargeFinding.NoCharge => new ProbeOutcome.NotHappened(),
        ChargeFinding.Undecided => new ProbeOutcome.CannotTell("The payment gateway has not decided yet."),
        ChargeFinding.Unreachable unreachable => new ProbeOutcome.Unreachable(unreachable.Reason),
        _ => throw new NotSupportedException($"Unknown finding {finding.GetType().Name}."),
    };

    private static ProbeOutcome ToProbeOutcome(PaymentResult result) => result switch
    {
        PaymentResult.Made made => new ProbeOutcome.Happened { Result = StepOutcome.Give(made.Payment.Id, OrdersJsonContext.Default.String).Result },
        PaymentResult.Refused => new ProbeOutcome.Rejected(ReasonOf(result)),
        _ => new ProbeOutcome.Unreachable(ReasonOf(result)),
    };

    private static string ReasonOf(PaymentResult result) => result switch
    {
        PaymentResult.Refused refused => refused.Reason,
        PaymentResult.Unclear unclear => unclear.Reason,
        PaymentResult.Invalid invalid => string.Join(' ', invalid.Errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}")),
        _ => throw new NotSupportedException($"There is no reason in {result.GetType().Name}."),
    };
}
