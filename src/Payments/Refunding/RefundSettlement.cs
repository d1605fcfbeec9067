using System.Globalization;
using Microsoft.Extensions.Logging;
using Payments.Events;
using Payments.Gateway;
using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.Refunding;

/// <summary>
/// Ends a refund that was pending: looks at the gateway, and commits the end with ledger and event, or that it came to nothing. It is an operation of its own, one for each refund of a
/// payment, so of several at once one commits.
/// </summary>
internal sealed class RefundSettlement(IdempotencyEngine engine, IPaymentGateway gateway, PaymentReader payments, ILogger<RefundSettlement> logger)
{
    // No caller is called so: their principals say how they are known.
    private const string Principal = "app";

    private readonly RefundPayment _refund = new();

    /// <returns>Null where it has ended, or there is none; else what it waits for.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async Task<string?> SettleAsync(MerchantId merchant, PaymentId id, Payment payment, CancellationToken cancellationToken)
    {
        var name = $"payment.settle-refund/{id}";
        var operation = new Operation
        {
            Scope = new OperationScope(Principal, name),
            Key = IdempotencyKey.Create(string.Create(CultureInfo.InvariantCulture, $"refund-{payment.RefundFailures}")),
            Fingerprint = Fingerprint.FromJson(name, default),
            Placement = RecordPlacement.InPartition(new PaymentPartition(merchant, id.Shard).Address),
            SendsMessages = true,
        };
        return await engine.ExecuteAsync(operation, (context, token) => LookAsync(merchant, id, payment.RefundFailures, context, token), cancellationToken) switch
        {
            ExecutionOutcome<string?>.Executed or ExecutionOutcome<string?>.Replayed => null,
            ExecutionOutcome<string?>.NotStored notStored => notStored.Value,
            ExecutionOutcome<string?>.Unavailable { Cause: var cause } => throw new StoreUnavailableException(cause.Message, cause),
            var other => $"Another look is under way ({other.GetType().Name}).",
        };
    }

    private async Task<HandlerOutcome<string?>> LookAsync(MerchantId merchant, PaymentId id, int failures, OperationContext context, CancellationToken cancellationToken)
    {
        if (await payments.FindAsync(merchant, id, cancellationToken) is not ({ Status: PaymentStatus.Refunding } payment, var etag) || payment.RefundFailures != failures)
        {
            return HandlerOutcome.NoEffect<string?>(null);
        }

        TransitionOutcome found;
        try
        {
            found = await gateway.FindRefundAsync(payment.GatewayReference, cancellationToken);
        }
        catch (GatewayUnavailableException exception)
        {
            return HandlerOutcome.Failed<string?>(exception.Message);
        }

        switch (found)
        {
            case TransitionOutcome.Pending pending:
                return HandlerOutcome.Failed<string?>(pending.Reason);
            case TransitionOutcome.Done:
                var refunded = payment with { Status = PaymentStatus.Refunded };
                logger.PaymentMoved(id.Value, refunded.Status, context.Epoch);
                return new HandlerOutcome<string?>.Completed(null, OperationResult.Empty)
                {
                    Rows = [PaymentRow.ToReplace(id, refunded, etag), .. _refund.Book(merchant, refunded, context.StartedAt)],
                    Messages = [PaymentEvents.ToMessage(_refund.EventType, id, merchant, refunded.AccountId, refunded.Amount, refunded.Currency, context.StartedAt)],
                };
            case TransitionOutcome.Refused refused:
                logger.RefundFailed(id.Value, merchant.Value, refused.Reason);
                return new HandlerOutcome<string?>.Completed(null, OperationResult.Empty)
                {
                    Rows = [PaymentRow.ToReplace(id, payment with { Status = PaymentStatus.RefundFailed, RefundFailures = failures + 1 }, etag)],
                };
            default:
                throw new NotSupportedException($"Unknown outcome {found.GetType().Name}.");
        }
    }
}
