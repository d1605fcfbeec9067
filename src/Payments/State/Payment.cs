using System.Text.Json.Serialization;

namespace Payments.State;

/// <summary>A payment as callers see it.</summary>
/// <param name="Id">Its id, <c>pay_…</c>.</param>
/// <param name="AccountId">The customer's account that is charged.</param>
/// <param name="Amount">In minor units of the currency (cents for EUR), at least 1.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="GatewayReference">The charge's name at the payment gateway.</param>
/// <param name="CreatedAt">When its operation was first claimed, in UTC.</param>
internal sealed record Payment(
    string Id,
    string AccountId,
    long Amount,
    string Currency,
    PaymentStatus Status,
    string GatewayReference,
    DateTimeOffset CreatedAt)
{
    /// <summary>How many refunds came to nothing. Left out where none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int RefundFailures { get; init; }
}
