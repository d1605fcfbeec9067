namespace Payments.Gateway;

/// <summary>Which gateway charges. Configuration section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>The gateway. Default <see cref="GatewayKind.Simulated"/>.</summary>
    public GatewayKind Kind { get; set; } = GatewayKind.Simulated;
}
