using Microsoft.Extensions.Logging;
using Payments.State;

namespace Payments;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Payment {PaymentId} is charged, {Status}, at claim {Epoch}; its rows are committed next.")]
    public static partial void PaymentMade(this ILogger logger, string paymentId, PaymentStatus status, long epoch);

    [LoggerMessage(2, LogLevel.Information, "Payment {PaymentId} was declined: {Code}.")]
    public static partial void PaymentDeclined(this ILogger logger, string paymentId, string code);

    [LoggerMessage(3, LogLevel.Information, "Payment {PaymentId} is {Status} at the gateway, at claim {Epoch}; its rows are committed next.")]
    public static partial void PaymentMoved(this ILogger logger, string paymentId, PaymentStatus status, long epoch);

    [LoggerMessage(4, LogLevel.Warning, "The gateway gave no clear answer to the {Step} of payment {PaymentId}; a retry with the same key asks again.")]
    public static partial void GatewayUnavailable(this ILogger logger, string paymentId, string step, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The broker did not answer a question about the queue {Queue}.")]
    public static partial void BrokerUnavailable(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "Order {OrderId} goes on: its wake-up had become a dead letter.")]
    public static partial void OrderResumed(this ILogger logger, string orderId);

    [LoggerMessage(8, LogLevel.Warning, "Order {OrderId}, whose wake-up is a dead letter, could not go on; it is tried again.")]
    public static partial void OrderNotResumed(this ILogger logger, string orderId, Exception exception);

    // These words raise the alert "parked".
    [LoggerMessage(9, LogLevel.Error, "The payment {PaymentId} of merchant {Merchant} is undecided since {Since}: it needs a person's decision. {Reason}")]
    public static partial void PaymentUndecided(this ILogger logger, string paymentId, string merchant, DateTimeOffset since, string reason);

    [LoggerMessage(10, LogLevel.Warning, "The undecided payment {PaymentId} could not be looked at; it is tried again.")]
    public static partial void UndecidedPaymentUnreadable(this ILogger logger, string paymentId, Exception exception);

    [LoggerMessage(11, LogLevel.Error, "The refund of payment {PaymentId} of merchant {Merchant} came to nothing: it needs a person's decision. {Reason}")]
    public static partial void RefundFailed(this ILogger logger, string paymentId, string merchant, string reason);
}
