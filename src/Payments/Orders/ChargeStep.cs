using Microsoft.Extensions.Options;
using Payments.Creating;
using Payments.Gateway;
using Payments.Partitions;
using Payments.Problems;
using Payments.Refunding;
using Payments.State;
using Payments.Transitions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
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
    PaymentTransitionHandler move,
    PaymentReader payments,
    IPaymentGateway gateway,
    PaymentProblems problems,
    IOptions<OrderOptions> options) : SagaStep
{
    public const string StepName = "charge";

    // A parked order may be taken up again after weeks; under a record that had expired by then, the same key would charge a second time.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(400);

    // What a probe's attempt ends with; it is never stored and no caller sees it.
    private const int NoCharge = 404;
    private const int Undecided = 409;

    public override string Name => StepName;

    public override TimeSpan Timeout { get; } = options.Value.StepTimeout;

    public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken) =>
        ChargeAsync(context, cancellationToken);

    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        var (operation, command, _) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, (attempt, token) => AskAsync(command, attempt, token), cancellationToken);
        return outcome switch
        {
            ExecutionOutcome.Executed { Result: { StatusCode: 201 } result } => Happened(result),
            ExecutionOutcome.Replayed { Result: { StatusCode: 201 } result } => Happened(result),
            ExecutionOutcome.Executed or ExecutionOutcome.Replayed => new ProbeOutcome.Rejected(ReasonOf(ResultOf(outcome)!)),
            ExecutionOutcome.NotStored { Result.StatusCode: NoCharge } => new ProbeOutcome.NotHappened(),
            ExecutionOutcome.NotStored { Result.StatusCode: Undecided } undecided => new ProbeOutcome.CannotTell(ReasonOf(undecided.Result)),
            ExecutionOutcome.NotStored notStored => new ProbeOutcome.Unreachable(ReasonOf(notStored.Result)),
            ExecutionOutcome.InProgress => new ProbeOutcome.Unreachable("An earlier attempt to charge is still under way."),
            ExecutionOutcome.Unavailable unavailable => new ProbeOutcome.Unreachable(unavailable.Cause.Message),
            ExecutionOutcome.Contended => new ProbeOutcome.Unreachable("The payment's rows kept changing."),
            _ => new ProbeOutcome.CannotTell("The payment's key was used for another request."),
        };

        static ProbeOutcome.Happened Happened(OperationResult result) => new() { Result = Done(result).Result };
    }

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        // First the end of all charging under this key: either there is a payment from here on, or there never will be one.
        var (operation, command, principal) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, (attempt, token) => PreventAsync(command, attempt, token), cancellationToken);
        switch (outcome)
        {
            case ExecutionOutcome.Executed or ExecutionOutcome.Replayed when ResultOf(outcome) is { StatusCode: 201 } made:
                return await RefundAsync(principal, made.ReadJson(PaymentsJsonContext.Default.Payment)!, context.StableKey, cancellationToken);
            case ExecutionOutcome.Executed or ExecutionOutcome.Replayed:
                return new CompensationOutcome.Done();
            case ExecutionOutcome.InProgress inProgress:
                return new CompensationOutcome.Retryable("An earlier attempt to charge is still under way.", inProgress.RetryAfter);
            case ExecutionOutcome.NotStored notStored:
                return new CompensationOutcome.Retryable(ReasonOf(notStored.Result));
            case ExecutionOutcome.Unavailable unavailable:
                return new CompensationOutcome.Retryable(unavailable.Cause.Message);
            case ExecutionOutcome.Contended:
                return new CompensationOutcome.Retryable("The payment's rows kept changing.");
            default:
                return new CompensationOutcome.Failed("The payment's key was used for another request.");
        }
    }

    private async Task<StepOutcome> ChargeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        var (operation, command, _) = OperationOf(context);
        var outcome = await engine.ExecuteAsync(operation, (attempt, token) => create.ExecuteAsync(command, attempt, token), cancellationToken);
        return outcome switch
        {
            ExecutionOutcome.Executed or ExecutionOutcome.Replayed when ResultOf(outcome) is { StatusCode: 201 } made => Done(made),
            ExecutionOutcome.Executed or ExecutionOutcome.Replayed => new StepOutcome.Rejected(ReasonOf(ResultOf(outcome)!)),
            ExecutionOutcome.NotStored { Result.StatusCode: 400 } invalid => new StepOutcome.Rejected(ReasonOf(invalid.Result)),
            ExecutionOutcome.NotStored notStored => new StepOutcome.OutcomeUnknown(ReasonOf(notStored.Result)),
            ExecutionOutcome.InProgress inProgress => new StepOutcome.Retryable("An earlier attempt to charge is still under way.", inProgress.RetryAfter),
            ExecutionOutcome.Unavailable { HandlerRan: false } unavailable => new StepOutcome.Retryable(unavailable.Cause.Message),
            ExecutionOutcome.Unavailable unavailable => new StepOutcome.OutcomeUnknown(unavailable.Cause.Message),
            ExecutionOutcome.Contended => new StepOutcome.OutcomeUnknown("The payment's rows kept changing."),
            _ => new StepOutcome.OutcomeUnknown("The payment's key was used for another request."),
        };
    }

    private async Task<CompensationOutcome> RefundAsync(string principal, Payment payment, string stableKey, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(payment.Id, out var id))
        {
            return new CompensationOutcome.Failed($"The payment's id {payment.Id} can't be read.");
        }

        var merchant = MerchantId.Of(principal);
        if (await payments.FindAsync(merchant, id, cancellationToken) is ({ Status: PaymentStatus.Refunded }, _))
        {
            return new CompensationOutcome.Done();
        }

        var command = new PaymentTransitionCommand(id, new RefundPayment());
        var outcome = await engine.ExecuteAsync(
            PaymentTransitionOperation.For(principal, IdempotencyKey.Create(stableKey), command),
            (attempt, token) => MoveAsync(command, attempt, token),
            cancellationToken);
        return outcome switch
        {
            ExecutionOutcome.Executed or ExecutionOutcome.Replayed when ResultOf(outcome) is { StatusCode: 200 } => new CompensationOutcome.Done(),

            // Someone else may have refunded it since it was read: the next attempt sees that. Where it stays refused, a person is asked.
            ExecutionOutcome.NotStored notStored => new CompensationOutcome.Retryable(ReasonOf(notStored.Result)),
            ExecutionOutcome.InProgress inProgress => new CompensationOutcome.Retryable("An earlier attempt to refund is still under way.", inProgress.RetryAfter),
            ExecutionOutcome.Unavailable unavailable => new CompensationOutcome.Retryable(unavailable.Cause.Message),
            _ => new CompensationOutcome.Retryable("The refund was not clear."),
        };
    }

    // A caller's refusal is stored and replayed. Here the key is the step's own, the same for every attempt and every decision to try again, and what is refused today, for
    // want of balance say, may be taken tomorrow: nothing but the refund itself is stored under it.
    private async Task<HandlerOutcome> MoveAsync(PaymentTransitionCommand command, OperationContext attempt, CancellationToken cancellationToken) =>
        await move.ExecuteAsync(command, attempt, cancellationToken) switch
        {
            HandlerOutcome.Completed { Result.StatusCode: not 200 } refused => new HandlerOutcome.Failed(refused.Result),
            var other => other,
        };

    // The payment's own key at the gateway is known inside its operation only.
    private async Task<HandlerOutcome> AskAsync(CreatePaymentCommand command, OperationContext attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.FindAsync(command.AccountId, attempt.StableKey("charge"), cancellationToken) switch
            {
                null => new HandlerOutcome.Failed(problems.Of(NoCharge, "no-charge", "There is no charge.", "The gateway knows of no charge under this key.")),
                { Status: GatewayChargeStatus.Pending } => new HandlerOutcome.Failed(problems.Of(Undecided, "charge-undecided", "The charge is undecided.", "The payment gateway has not decided yet.")),
                _ => await create.ExecuteAsync(command, attempt, cancellationToken),
            };
        }
        catch (GatewayUnavailableException exception)
        {
            return new HandlerOutcome.Failed(problems.GatewayUnavailable(exception.Message));
        }
    }

    // The record alone does not do: a process that stalled beyond its lease, its call to the gateway under way, asks no record before it charges.
    private async Task<HandlerOutcome> PreventAsync(CreatePaymentCommand command, OperationContext attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.PreventAsync(CreatePaymentHandler.ChargeOf(command, attempt), cancellationToken) is PreventOutcome.Charged
                ? await create.ExecuteAsync(command, attempt, cancellationToken)
                : new HandlerOutcome.Completed(problems.PaymentCancelled());
        }
        catch (GatewayUnavailableException exception)
        {
            return new HandlerOutcome.Failed(problems.GatewayUnavailable(exception.Message));
        }
    }

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

    private static OperationResult? ResultOf(ExecutionOutcome outcome) => outcome switch
    {
        ExecutionOutcome.Executed executed => executed.Result,
        ExecutionOutcome.Replayed replayed => replayed.Result,
        _ => null,
    };

    private static StepOutcome.Done Done(OperationResult made) =>
        StepOutcome.Give(made.ReadJson(PaymentsJsonContext.Default.Payment)!.Id, OrdersJsonContext.Default.String);

    private static string ReasonOf(OperationResult result) =>
        result.ReadJson(PaymentsJsonContext.Default.Problem) is { } problem ? problem.Detail : $"The payment was answered with {result.StatusCode}.";
}
