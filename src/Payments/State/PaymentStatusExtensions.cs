namespace Payments.State;

internal static class PaymentStatusExtensions
{
    /// <summary>The status as the API names it.</summary>
    public static string Word(this PaymentStatus status) => status == PaymentStatus.RefundFailed ? "refund-failed" : status.ToString().ToLowerInvariant();
}
