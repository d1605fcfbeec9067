namespace Payments.Gateway.Stripe;

/// <summary>The account at Stripe. Configuration section <c>Stripe</c>.</summary>
internal sealed class StripeOptions
{
    /// <summary>The secret key, <c>sk_…</c> or <c>rk_…</c>. No default: keep it in a secret store, never in a file of the repository.</summary>
    public string ApiKey { get; set; } = "";
}
