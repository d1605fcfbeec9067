using Payments.Gateway;
using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency.Rows;

namespace Payments.Transitions;

/// <summary>A step down a payment's life: from which status to which, what the gateway has to do for it, and what the ledger books.</summary>
internal abstract class PaymentTransition
{
    /// <summary>The step's name in operations, outside keys and messages: <c>capture</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where the payment may stand.</summary>
    public abstract IReadOnlyList<PaymentStatus> From { get; }

    public abstract PaymentStatus To { get; }

    /// <summary>Where it stands while the gateway has taken the step and not done it yet; null where that can't be.</summary>
    public virtual PaymentStatus? Meanwhile => null;

    /// <summary>The type of the event that tells of it.</summary>
    public abstract string EventType { get; }

    public abstract Task<TransitionOutcome> AskAsync(IPaymentGateway gateway, string reference, string key, CancellationToken cancellationToken);

    public abstract IReadOnlyList<RowWrite> Book(MerchantId merchant, Payment payment, DateTimeOffset at);
}
