using Payments.Partitions;

namespace Payments.Refunding;

/// <summary>A refund that the gateway has taken and that was not done at once, or came to nothing since.</summary>
/// <param name="Merchant">Whose payment it is.</param>
/// <param name="Payment">The payment.</param>
/// <param name="Reason">What it waits for, or why it came to nothing, for operators.</param>
/// <param name="Since">When it was taken, in UTC.</param>
internal sealed record PendingRefund(MerchantId Merchant, PaymentId Payment, string Reason, DateTimeOffset Since)
{
    public int Looks { get; init; }

    /// <summary>From when on the sweep looks at it again.</summary>
    public DateTimeOffset LookAt { get; init; } = Since + Undecided.Looks.PauseAfter(0);

    /// <summary>The refund after a look that ended nothing.</summary>
    public PendingRefund Later(string reason, DateTimeOffset now) => this with { Reason = reason, Looks = Looks + 1, LookAt = now + Undecided.Looks.PauseAfter(Looks + 1) };
}
