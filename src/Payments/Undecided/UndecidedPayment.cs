using Payments.Creating;
using Payments.Partitions;
using ServerlessIdempotency.Execution;

namespace Payments.Undecided;

/// <summary>A payment of which the gateway gave no clear answer: its caller knows no more than that, and nobody knows whether it is charged.</summary>
/// <param name="Merchant">Whose payment it is.</param>
/// <param name="Id">The payment that it is or will be.</param>
/// <param name="Principal">On whose behalf it was asked for.</param>
/// <param name="Key">The idempotency key that it was asked for under.</param>
/// <param name="Command">What was asked for.</param>
/// <param name="Reason">Why it is undecided, for operators.</param>
/// <param name="Since">When it was first asked for, in UTC.</param>
internal sealed record UndecidedPayment(
    MerchantId Merchant, PaymentId Id, string Principal, string Key, CreatePaymentCommand Command, string Reason, DateTimeOffset Since)
{
    /// <summary>How often the sweep has looked at it.</summary>
    public int Looks { get; init; }

    /// <summary>From when on the sweep looks at it again.</summary>
    public DateTimeOffset LookAt { get; init; } = Since + Undecided.Looks.PauseAfter(0);

    public static UndecidedPayment Of(CreatePaymentCommand command, OperationContext context, string reason) => new(
        PaymentPartition.Of(context.Partition).Merchant,
        PaymentId.For(context),
        context.Operation.Scope.Principal,
        context.Operation.Key.Value,
        command,
        reason,
        context.StartedAt);

    /// <summary>The payment after a look that decided nothing.</summary>
    public UndecidedPayment Later(string reason, DateTimeOffset now) => this with { Reason = reason, Looks = Looks + 1, LookAt = now + Undecided.Looks.PauseAfter(Looks + 1) };
}
