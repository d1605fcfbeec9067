using Microsoft.Extensions.Logging;
using Payments.Events;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.Problems;
using Payments.State;
using Payments.Undecided;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.Creating;

/// <summary>
/// Makes a payment. By now the operation is claimed. Charge at the gateway, which recognises a charge that an earlier attempt made; then commit the
/// payment, its ledger and the answer together. Dying at any point leaves either nothing, or a charge that the next attempt finds again.
/// </summary>
internal sealed class CreatePaymentHandler(IPaymentGateway gateway, PaymentProblems problems, ILogger<CreatePaymentHandler> logger)
{
    /// <summary>The charge of a payment: what undoes or looks for one has to name it just as it was asked for.</summary>
    public static ChargeRequest ChargeOf(CreatePaymentCommand command, OperationContext context) =>
        new(context.StableKey("charge"), command.AccountId, command.Amount, command.Currency, command.PaymentMethod, command.Capture, context.StartedAt)
        {
            PrepareOnce = (prepare, token) => context.StepAsync("intent", (_, stepToken) => prepare(stepToken), PaymentsJsonContext.Default.String, token),
        };

    public async Task<HandlerOutcome<PaymentResult>> ExecuteAsync(CreatePaymentCommand command, OperationContext context, CancellationToken cancellationToken)
    {
        var id = PaymentId.For(context);
        ChargeOutcome answer;
        try
        {
            answer = await gateway.ChargeAsync(ChargeOf(command, context), cancellationToken);
        }
        catch (GatewayUnavailableException exception)
        {
            logger.GatewayUnavailable(id.Value, "charge", exception);
            return HandlerOutcome.Failed(problems.GatewayUnavailable(exception.Message));
        }

        switch (answer)
        {
            case ChargeOutcome.Charged charged:
                return Charged(command, context, charged.Charge);
            case ChargeOutcome.Declined declined:
                logger.PaymentDeclined(id.Value, declined.Code);
                return problems.Declined(declined.Code, declined.Message).Commit(messages: [ToMessage(PaymentEventType.Declined, command, context, id)]);
            case ChargeOutcome.Prevented:
                return problems.Cancelled().Commit(rows: await DecisionAsync(context, id, cancellationToken));
            case ChargeOutcome.Invalid invalid:
                // Nothing was charged, and the same key may be used again for the corrected request.
                return HandlerOutcome.NoEffect(problems.Invalid(new Dictionary<string, string[]> { [invalid.Field] = [invalid.Message] }));
            default:
                throw new NotSupportedException($"Unknown outcome {answer.GetType().Name}.");
        }
    }

    // A person's attempt to keep the charge out may have reached the gateway and got no further: then the decision is committed with the answer that it brings about.
    private static async Task<IReadOnlyList<RowWrite>> DecisionAsync(OperationContext context, PaymentId id, CancellationToken cancellationToken)
    {
        var decided = await context.StepAsync(
            PaymentResolution.Step, (_, _) => Task.FromResult<PaymentResolution?>(null), PaymentsJsonContext.Default.PaymentResolution!, cancellationToken);
        return decided is null ? [] : [PaymentResolutionRow.ToInsert(id, decided)];
    }

    /// <summary>Commits the payment of a charge that stands.</summary>
    public HandlerOutcome<PaymentResult> Charged(CreatePaymentCommand command, OperationContext context, GatewayCharge charge)
    {
        var id = PaymentId.For(context);

        // What was asked for, not where the charge stands by now: every attempt commits the same payment.
        var status = command.Capture ? PaymentStatus.Captured : PaymentStatus.Authorized;
        var payment = new Payment(id.Value, command.AccountId, command.Amount, command.Currency, status, charge.Reference, context.StartedAt);
        IReadOnlyList<RowWrite> entries = command.Capture
            ? DoubleEntry.Capture(PaymentPartition.Of(context.Partition).Merchant, payment, context.StartedAt)
            : [];
        logger.PaymentMade(id.Value, status, context.Epoch);
        var answer = OperationResult.Json(201, payment, PaymentsJsonContext.Default.Payment, KeyValuePair.Create("Location", $"/api/payments/{id}"));
        return new PaymentResult.Made(payment, answer).Commit(
            rows: [PaymentRow.ToInsert(id, payment), .. entries],
            messages: [ToMessage(command.Capture ? PaymentEventType.Captured : PaymentEventType.Authorized, command, context, id)]);
    }

    private static OutboxMessage ToMessage(string type, CreatePaymentCommand command, OperationContext context, PaymentId id) => PaymentEvents.ToMessage(
        type, id, PaymentPartition.Of(context.Partition).Merchant, command.AccountId, command.Amount, command.Currency, context.StartedAt);
}
