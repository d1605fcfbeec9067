namespace Payments.Undecided;

/// <summary>What a person decides about an undecided payment.</summary>
internal enum PaymentDecision
{
    /// <summary><c>captured</c>: the charge stands.</summary>
    Captured,

    /// <summary><c>not-charged</c>: it does not and never will. The gateway keeps a charge out that is still on its way.</summary>
    NotCharged,
}
