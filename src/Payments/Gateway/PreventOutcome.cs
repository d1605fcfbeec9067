namespace Payments.Gateway;

/// <summary>What a gateway answered when it was asked to see to it that no charge is made under a key.</summary>
internal abstract record PreventOutcome
{
    private PreventOutcome()
    {
    }

    /// <summary>There is no charge under the key, and none will ever be: a call that is on its way already comes too late.</summary>
    public sealed record Prevented : PreventOutcome;

    /// <summary>The charge was made before, and stands.</summary>
    /// <param name="Charge">The charge.</param>
    public sealed record Charged(GatewayCharge Charge) : PreventOutcome;
}
