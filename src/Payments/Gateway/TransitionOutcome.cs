namespace Payments.Gateway;

/// <summary>What a gateway answered to a capture, refund or release.</summary>
internal abstract record TransitionOutcome
{
    private TransitionOutcome()
    {
    }

    /// <summary>It is so, by this call or an earlier one.</summary>
    public sealed record Done : TransitionOutcome;

    /// <summary>The gateway has taken it, and has not done it yet: it may still fail.</summary>
    /// <param name="Reason">What it waits for, as a sentence.</param>
    public sealed record Pending(string Reason) : TransitionOutcome;

    /// <summary>The charge's state does not allow it; nothing changed.</summary>
    /// <param name="Reason">Why, as a sentence.</param>
    public sealed record Refused(string Reason) : TransitionOutcome;
}
