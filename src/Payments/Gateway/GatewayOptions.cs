namespace Payments.Gateway;

/// <summary>Which gateway charges. Configuration section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>
    /// The gateway. Default null, which is <see cref="GatewayKind.Simulated"/> in the local host and in tests; the function app does not start with it, so that no deployment forgets to take money.
    /// </summary>
    public GatewayKind? Kind { get; set; }
}
