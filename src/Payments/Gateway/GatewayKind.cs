namespace Payments.Gateway;

/// <summary>Which gateway charges.</summary>
internal enum GatewayKind
{
    /// <summary>A gateway that keeps its charges in a table of its own and moves no money.</summary>
    Simulated,

    /// <summary>Stripe.</summary>
    Stripe,
}
