using Microsoft.Extensions.Logging;
using Payments.Events;
using Payments.Gateway;
using Payments.Partitions;
using Payments.Problems;
using Payments.Refunding;
using Payments.State;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace Payments.Transitions;

/// <summary>
/// Moves a payment: reads it, asks the gateway, and commits the new status on the condition that the payment is still what was read. Where another
/// operation was faster, the engine runs this again, and then it decides on what stands there.
/// </summary>
internal sealed class PaymentTransitionHandler(IPaymentGateway gateway, PaymentReader payments, PendingRefunds pending, PaymentProblems problems, TimeProvider timeProvider, ILogger<PaymentTransitionHandler> logger)
{
    public async Task<HandlerOutcome<PaymentResult>> ExecuteAsync(PaymentTransitionCommand command, OperationContext context, CancellationToken cancellationToken)
    {
        var (id, transition) = command;
        var merchant = PaymentPartition.Of(context.Partition).Merchant;
        (string At, string Reason)? refusal = null;
        while (true)
        {
            if (await payments.FindAsync(merchant, id, cancellationToken) is not var (payment, etag))
            {
                return problems.NotFound().Commit();
            }

            if (!transition.From.Contains(payment.Status))
            {
                return problems.WrongState(transition.Name, payment.Status).Commit();
            }

            if (refusal is { } refused && refused.At == etag)
            {
                // Nobody has moved the payment since it was read: the refusal stands, and nothing is asked for twice.
                return problems.GatewayRefused(transition.Name, refused.Reason).Commit();
            }

            // Only the claim's owner may go on from what it read. One that was taken over before it read would act on a payment that has changed since its successor
            // decided, and might move money that the successor said would not move. Once this is recorded, whoever takes over reads the same or a later status.
            await context.StepAsync($"found {etag}", (_, _) => Task.FromResult(payment.Status), PaymentsJsonContext.Default.PaymentStatus, cancellationToken);

            TransitionOutcome answer;
            try
            {
                // The key names the step of this payment, not this operation: two operations that move one payment at once are one move outside,
                // and only one of them is committed.
                answer = await transition.AskAsync(gateway, payment.GatewayReference, $"{id}.{transition.Name}", cancellationToken);
            }
            catch (GatewayUnavailableException exception)
            {
                logger.GatewayUnavailable(id.Value, transition.Name, exception);
                return HandlerOutcome.Failed(problems.GatewayUnavailable(exception.Message));
            }

            switch (answer)
            {
                case TransitionOutcome.Done:
                    return Commit(context, transition, id, payment, etag);
                case TransitionOutcome.Pending taken when transition.Meanwhile is { } meanwhile:
                    // First where it is found, then the state.
                    await pending.NoteAsync(new PendingRefund(merchant, id, taken.Reason, timeProvider.GetUtcNow()), cancellationToken);
                    return Take(context, id, payment with { Status = meanwhile }, etag);
                case TransitionOutcome.Refused no:
                    // Another operation may have moved the payment on since it was read, and the charge with it: look again.
                    refusal = (etag, no.Reason);
                    break;
                default:
                    throw new NotSupportedException($"Unknown outcome {answer.GetType().Name}.");
            }
        }
    }

    // Nothing is booked and nothing told before the money has moved.
    private HandlerOutcome<PaymentResult> Take(OperationContext context, PaymentId id, Payment moved, string etag)
    {
        logger.PaymentMoved(id.Value, moved.Status, context.Epoch);
        var answer = OperationResult.Json(202, moved, PaymentsJsonContext.Default.Payment, KeyValuePair.Create("Location", $"/api/payments/{id}"));
        return new PaymentResult.Made(moved, answer).Commit(rows: [PaymentRow.ToReplace(id, moved, etag)]);
    }

    private HandlerOutcome<PaymentResult> Commit(OperationContext context, PaymentTransition transition, PaymentId id, Payment payment, string etag)
    {
        var moved = payment with { Status = transition.To };
        var merchant = PaymentPartition.Of(context.Partition).Merchant;
        logger.PaymentMoved(id.Value, moved.Status, context.Epoch);
        return new PaymentResult.Made(moved, OperationResult.Json(200, moved, PaymentsJsonContext.Default.Payment)).Commit(
            rows: [PaymentRow.ToReplace(id, moved, etag), .. transition.Book(merchant, moved, context.StartedAt)],
            messages: [PaymentEvents.ToMessage(transition.EventType, id, merchant, moved.AccountId, moved.Amount, moved.Currency, context.StartedAt)]);
    }
}
