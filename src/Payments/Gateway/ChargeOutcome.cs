namespace Payments.Gateway;

/// <summary>What a gateway answered to a charge.</summary>
internal abstract record ChargeOutcome
{
    private ChargeOutcome()
    {
    }

    /// <summary>The charge stands, made by this call or an earlier one under the same key.</summary>
    /// <param name="Charge">The charge.</param>
    public sealed record Charged(GatewayCharge Charge) : ChargeOutcome;

    /// <summary>No charge is made under this key any more: <see cref="IPaymentGateway.PreventAsync"/> came before this call.</summary>
    public sealed record Prevented : ChargeOutcome;

    /// <summary>The payer's bank or the gateway said no. That is an answer: the operation is done, and no call that is still on its way charges under this key.</summary>
    /// <param name="Code">The gateway's code of the reason.</param>
    /// <param name="Message">The reason, for the customer.</param>
    public sealed record Declined(string Code, string Message) : ChargeOutcome;

    /// <summary>The gateway did not accept the request as such, and charged nothing.</summary>
    /// <param name="Field">The member of the request that it did not accept.</param>
    /// <param name="Message">Why.</param>
    public sealed record Invalid(string Field, string Message) : ChargeOutcome;
}
