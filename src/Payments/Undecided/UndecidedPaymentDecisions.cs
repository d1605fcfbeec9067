using Payments.Creating;
using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;

namespace Payments.Undecided;

/// <summary>
/// People's decisions about undecided payments. A decision is the answer of the payment's own operation, committed with a row that says who and why: so it is made once, and the
/// caller's retry gets it. The gateway is asked first, and what it knows for certain counts more than what a person says.
/// </summary>
internal sealed class UndecidedPaymentDecisions(UndecidedPayments undecided, UndecidedPaymentOperation operation, ChargeInquiry inquiry, PaymentReader payments, IRowStore store, TimeProvider timeProvider)
{
    /// <summary>Why nothing can be decided under a record that is gone.</summary>
    public const string Gone = "The record of its operation has expired or was forgotten, and the name of its charge with it: look for the charge at the gateway.";

    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async Task<PaymentDecisionOutcome> DecideAsync(MerchantId merchant, PaymentId id, PaymentDecision decision, string note, string by, CancellationToken cancellationToken)
    {
        if (await FindAsync(merchant, id, decision, cancellationToken) is { } decided)
        {
            return decided;
        }

        if (await undecided.FindAsync(merchant, id, cancellationToken) is not var (payment, etag))
        {
            return await payments.FindAsync(merchant, id, cancellationToken) is ({ } made, _) ? new PaymentDecisionOutcome.Answered(Words(made)) : new PaymentDecisionOutcome.NotFound();
        }

        var resolution = new PaymentResolution(decision, note, by, timeProvider.GetUtcNow(), payment.Reason);
        var outcome = await operation.ExecuteAsync(
            payment, (context, token) => ApplyAsync(payment, resolution, context, token), gone: new PaymentDecisionOutcome.Refused(Gone), cancellationToken);
        switch (outcome)
        {
            case ExecutionOutcome<PaymentDecisionOutcome>.Executed executed:
                await undecided.RemoveAsync(payment, etag, cancellationToken);
                return executed.Value;
            case ExecutionOutcome<PaymentDecisionOutcome>.Replayed replayed:
                // Somebody else decided meanwhile, or the caller's own retry got an answer.
                return await FindAsync(merchant, id, decision, cancellationToken) ?? new PaymentDecisionOutcome.Answered(Words(PaymentResult.Of(replayed.Result)));
            case ExecutionOutcome<PaymentDecisionOutcome>.NotStored notStored:
                return notStored.Value;
            case ExecutionOutcome<PaymentDecisionOutcome>.Mismatch:
                return new PaymentDecisionOutcome.Refused(Gone);
            default:
                return new PaymentDecisionOutcome.Unavailable();
        }
    }

    private async Task<PaymentDecisionOutcome?> FindAsync(MerchantId merchant, PaymentId id, PaymentDecision decision, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(PaymentResolutionRow.AddressOf(merchant, id), cancellationToken) is not { } row)
        {
            return null;
        }

        var existing = PaymentResolutionRow.ToResolution(row);
        return existing.Decision == decision ? new PaymentDecisionOutcome.Decided(existing) : new PaymentDecisionOutcome.DecidedOtherwise(existing);
    }

    private async Task<HandlerOutcome<PaymentDecisionOutcome>> ApplyAsync(UndecidedPayment payment, PaymentResolution resolution, OperationContext context, CancellationToken cancellationToken)
    {
        var decision = resolution;
        if (resolution.Decision == PaymentDecision.NotCharged)
        {
            // Recorded first: once the gateway keeps the charge out, whoever answers the operation commits the decision with it. That of an earlier attempt stands.
            decision = await context.StepAsync(PaymentResolution.Step, (_, _) => Task.FromResult(resolution), PaymentsJsonContext.Default.PaymentResolution, cancellationToken) ?? resolution;
        }

        var outcome = resolution.Decision == PaymentDecision.Captured
            ? await inquiry.ConfirmAsync(payment.Command, context, cancellationToken)
            : (await inquiry.PreventAsync(payment.Command, context, cancellationToken)).Select<ChargeFinding>(result => new ChargeFinding.Answered(result));
        return outcome switch
        {
            HandlerOutcome<ChargeFinding>.Completed { Value: ChargeFinding.Answered { Result: var result } } completed => completed.Select(_ => Told(result, decision)) switch
            {
                HandlerOutcome<PaymentDecisionOutcome>.Completed { Value: PaymentDecisionOutcome.Decided } made => made with { Rows = [.. made.Rows, PaymentResolutionRow.ToInsert(payment.Id, decision)] },
                var answered => answered,
            },
            HandlerOutcome<ChargeFinding>.Failed { Value: ChargeFinding.NoCharge } => HandlerOutcome.Failed<PaymentDecisionOutcome>(
                new PaymentDecisionOutcome.Refused("The payment gateway knows of no charge, so none can have been captured. Where one was made a moment ago, look again later.")),
            _ => HandlerOutcome.Failed<PaymentDecisionOutcome>(new PaymentDecisionOutcome.Unavailable()),
        };
    }

    // What the gateway knows for certain is the answer; a decision to the contrary is none and is not kept.
    private static PaymentDecisionOutcome Told(PaymentResult result, PaymentResolution resolution) =>
        result is PaymentResult.Made == (resolution.Decision == PaymentDecision.Captured) ? new PaymentDecisionOutcome.Decided(resolution) : new PaymentDecisionOutcome.Answered(Words(result));

    private static string Words(PaymentResult result) => result switch
    {
        PaymentResult.Made made => Words(made.Payment),
        PaymentResult.Refused refused => refused.Reason,
        _ => throw new NotSupportedException($"There is no answer in {result.GetType().Name}."),
    };

    private static string Words(Payment payment) => $"it is {payment.Status.Word()}.";
}
