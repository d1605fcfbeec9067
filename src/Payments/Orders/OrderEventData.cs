namespace Payments.Orders;

/// <summary>What an event tells about its order.</summary>
internal sealed record OrderEventData(string OrderId, string Merchant, string UserId, string OrderReference, long Total, string Currency, string? Reason);
