using Payments.State;

namespace Payments.Creating;

/// <summary>What was found out about a charge whose outcome nobody knew.</summary>
internal abstract record ChargeFinding
{
    private ChargeFinding()
    {
    }

    /// <summary>The gateway knows of no charge. That proves nothing about one that is still on its way.</summary>
    public sealed record NoCharge : ChargeFinding;

    /// <summary>The gateway itself can't tell yet.</summary>
    public sealed record Undecided : ChargeFinding;

    /// <summary>The gateway could not be asked.</summary>
    /// <param name="Reason">Why, for operators.</param>
    public sealed record Unreachable(string Reason) : ChargeFinding;

    /// <summary>The operation has no record any more, so its charge can't be named.</summary>
    public sealed record NoRecord : ChargeFinding;

    /// <summary>There is an answer.</summary>
    /// <param name="Result">The answer.</param>
    public sealed record Answered(PaymentResult Result) : ChargeFinding;
}
