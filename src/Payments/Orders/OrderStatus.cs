using System.Text.Json.Serialization;

namespace Payments.Orders;

/// <summary>Where an order stands. It ends as confirmed or cancelled; a parked one waits for a person.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
internal enum OrderStatus
{
    /// <summary>Its steps are being taken.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Its steps are being undone.</summary>
    [JsonStringEnumMemberName("cancelling")]
    Cancelling,

    /// <summary>It waits for a person's decision.</summary>
    [JsonStringEnumMemberName("parked")]
    Parked,

    /// <summary>Stock is held and the money is taken. Final.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>Nothing is held and no money is kept, but for what a person decided to leave as it is. Final.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
