using System.Text.Json.Serialization;

namespace Payments.State;

/// <summary>Where a payment stands. It moves down this list, but for a refund that failed: it may be asked for again.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentStatus>))]
internal enum PaymentStatus
{
    /// <summary>The money is reserved; nothing has moved.</summary>
    [JsonStringEnumMemberName("authorized")]
    Authorized,

    /// <summary>The money has moved to the merchant.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>The gateway has taken a refund and has not done it yet; nothing has moved back.</summary>
    [JsonStringEnumMemberName("refunding")]
    Refunding,

    /// <summary>A refund came to nothing: the money is where it was.</summary>
    [JsonStringEnumMemberName("refund-failed")]
    RefundFailed,

    /// <summary>The money has moved back.</summary>
    [JsonStringEnumMemberName("refunded")]
    Refunded,
}
