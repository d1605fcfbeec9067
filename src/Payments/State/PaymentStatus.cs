using System.Text.Json.Serialization;

namespace Payments.State;

/// <summary>Where a payment stands. It only ever moves down this list.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentStatus>))]
internal enum PaymentStatus
{
    /// <summary>The money is reserved; nothing has moved.</summary>
    [JsonStringEnumMemberName("authorized")]
    Authorized,

    /// <summary>The money has moved to the merchant.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>The money has moved back.</summary>
    [JsonStringEnumMemberName("refunded")]
    Refunded,
}
