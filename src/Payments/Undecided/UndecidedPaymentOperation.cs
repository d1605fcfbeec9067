using Payments.Creating;
using Payments.Partitions;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace Payments.Undecided;

/// <summary>The operation that left a payment undecided: whatever is found out or decided about it is its answer, the one that its caller gets.</summary>
internal sealed class UndecidedPaymentOperation(IdempotencyEngine engine, IIdempotencyAdministration records, CreatePaymentOperation operations)
{
    /// <summary>How long a look or a decision waits for an attempt that is under way.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    /// <summary>Runs a handler in the operation's place, where it is not answered yet.</summary>
    /// <param name="payment">The payment.</param>
    /// <param name="handler">Finds out or decides.</param>
    /// <param name="gone">What is told where the operation has no record any more: under a new one its charge would have another key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ExecutionOutcome<T>> ExecuteAsync<T>(
        UndecidedPayment payment, Func<OperationContext, CancellationToken, Task<HandlerOutcome<T>>> handler, T gone, CancellationToken cancellationToken) => engine.ExecuteAsync(
        operations.For(payment.Principal, IdempotencyKey.Create(payment.Key), payment.Command) with { LikelyRetry = true, Wait = Wait },
        (context, token) => PaymentId.For(context) == payment.Id ? handler(context, token) : Task.FromResult(HandlerOutcome.NoEffect(gone)),
        cancellationToken);

    /// <summary>Whether the operation has its answer.</summary>
    public async Task<bool> IsAnsweredAsync(UndecidedPayment payment, CancellationToken cancellationToken)
    {
        var key = IdempotencyKey.Create(payment.Key);
        var record = await records.FindAsync(CreatePaymentOperation.ScopeOf(payment.Principal), key, operations.PlacementOf(payment.Principal, key), cancellationToken);
        return record is { State: OperationState.Completed };
    }
}
