using System.Text.Json;
using ServerlessIdempotency.Fingerprints;

namespace Payments.Orders;

/// <summary>A valid order.</summary>
/// <param name="UserId">Who orders.</param>
/// <param name="OrderReference">The user's name of the order, unique among the user's orders.</param>
/// <param name="Items">What is ordered, 1 to 20 lines, each thing once.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="AccountId">The customer's account that is charged.</param>
/// <param name="PaymentMethod">The gateway's name of the card or account.</param>
internal sealed record PlaceOrderCommand(string UserId, string OrderReference, IReadOnlyList<OrderItem> Items, string Currency, string AccountId, string PaymentMethod)
{
    /// <summary>The first part of the operation's name; the user is the rest.</summary>
    public const string OperationName = "order.place";

    /// <summary>In minor units of the currency; the reader has seen to it that it is 1 at least and no overflow.</summary>
    public long Total() => Items.Sum(item => checked(item.Quantity * item.UnitPrice));

    public Fingerprint ToFingerprint() => Fingerprint.FromJson(OperationName, JsonSerializer.SerializeToUtf8Bytes(this, OrdersJsonContext.Default.PlaceOrderCommand));
}
