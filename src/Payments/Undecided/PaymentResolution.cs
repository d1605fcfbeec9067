namespace Payments.Undecided;

/// <summary>A person's decision about an undecided payment, as it is kept.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Note">Why it was decided so.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Reason">Why the payment was undecided.</param>
internal sealed record PaymentResolution(PaymentDecision Decision, string Note, string By, DateTimeOffset At, string Reason)
{
    /// <summary>The step of the payment's operation that records a decision to keep its charge out, before the gateway is asked to.</summary>
    public const string Step = "decision";
}
