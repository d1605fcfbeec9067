using System.Text.Json.Serialization;

namespace Payments.Gateway;

/// <summary>Where a charge stands at the gateway.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GatewayChargeStatus>))]
internal enum GatewayChargeStatus
{
    /// <summary>Asked for, and the gateway has not decided yet.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Reserved.</summary>
    [JsonStringEnumMemberName("authorized")]
    Authorized,

    /// <summary>Taken.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>A refund is taken and not done yet.</summary>
    [JsonStringEnumMemberName("refunding")]
    Refunding,

    /// <summary>Given back.</summary>
    [JsonStringEnumMemberName("refunded")]
    Refunded,

    /// <summary>Let go before it was taken.</summary>
    [JsonStringEnumMemberName("voided")]
    Voided,
}
