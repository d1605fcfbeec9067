using System.Globalization;
using Payments.Currencies;
using Payments.Events;

namespace Payments.Receipts;

/// <summary>Writes the receipt of a captured payment.</summary>
internal static class CaptureReceipt
{
    public static Receipt For(PaymentEvent captured, string stableKey)
    {
        var decimals = Currency.DecimalsOf(captured.Data.Currency) ?? 0;
        var amount = (captured.Data.Amount / (decimal)Math.Pow(10, decimals)).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        return new Receipt(
            stableKey,
            // The app keeps no address book: an account's customer is reached under the account's own name.
            $"{captured.Data.AccountId}@customers.example.com",
            $"Your payment of {amount} {captured.Data.Currency}",
            $"We received {amount} {captured.Data.Currency} from account {captured.Data.AccountId}. Payment {captured.Data.PaymentId}, {captured.Time:u}.");
    }
}
