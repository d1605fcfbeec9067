namespace Payments.Events;

/// <summary>The types of a payment's events, as they stand in a CloudEvent's <c>type</c>.</summary>
internal static class PaymentEventType
{
    public const string Authorized = "payment.authorized";
    public const string Captured = "payment.captured";
    public const string Refunded = "payment.refunded";
    public const string Declined = "payment.declined";
}
