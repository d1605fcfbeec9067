namespace Payments.Undecided;

/// <summary>What became of a decision about an undecided payment.</summary>
internal abstract record PaymentDecisionOutcome
{
    private PaymentDecisionOutcome()
    {
    }

    /// <summary>It is decided so, by this call or an earlier one.</summary>
    public sealed record Decided(PaymentResolution Resolution) : PaymentDecisionOutcome;

    /// <summary>Somebody decided otherwise before, and that stands.</summary>
    public sealed record DecidedOtherwise(PaymentResolution Existing) : PaymentDecisionOutcome;

    /// <summary>There was nothing to decide: the gateway has an answer, and it is another one. The payment is answered with that.</summary>
    /// <param name="Answer">The answer, as a sentence goes on.</param>
    public sealed record Answered(string Answer) : PaymentDecisionOutcome;

    /// <summary>It can't be decided so, and nothing was changed.</summary>
    public sealed record Refused(string Reason) : PaymentDecisionOutcome;

    /// <summary>Gateway or store could not be asked, or an attempt is under way: decide again, the same way.</summary>
    public sealed record Unavailable : PaymentDecisionOutcome;

    /// <summary>No payment of the merchant is or was undecided under this id.</summary>
    public sealed record NotFound : PaymentDecisionOutcome;
}
