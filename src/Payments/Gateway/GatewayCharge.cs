namespace Payments.Gateway;

/// <summary>A charge as the gateway keeps it.</summary>
/// <param name="Reference">The gateway's name of it.</param>
/// <param name="Key">The key under which it was made.</param>
/// <param name="AccountId">Who was charged.</param>
/// <param name="Amount">In minor units of the currency.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was made, by the gateway's clock.</param>
internal sealed record GatewayCharge(string Reference, string Key, string AccountId, long Amount, string Currency, GatewayChargeStatus Status, DateTimeOffset CreatedAt);
