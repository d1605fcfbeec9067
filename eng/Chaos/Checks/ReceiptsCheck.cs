using System.Text.RegularExpressions;
using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Each captured payment has one receipt, also where it was refunded later; and nobody gets another one.</summary>
internal static partial class ReceiptsCheck
{
    public static IEnumerable<string> Run(Findings findings)
    {
        var receipts = findings.Mailbox.ToLookup(mail => PaymentIn().Match(mail.Text).Value);
        var captured = findings.Payments.Where(payment => payment.Status is "captured" or "refunded").ToDictionary(payment => payment.Id);
        foreach (var payment in captured.Values)
        {
            var own = receipts[payment.Id].ToList();
            if (own.Count != 1)
            {
                yield return $"The payment {payment.Id} has {own.Count} receipts.";
            }
            else if (!own[0].To.StartsWith(payment.AccountId + "@", StringComparison.Ordinal))
            {
                yield return $"The receipt of {payment.Id}, a payment of {payment.AccountId}, went to {own[0].To}.";
            }
        }

        foreach (var other in receipts.Where(own => !captured.ContainsKey(own.Key)))
        {
            yield return $"There are {other.Count()} receipts of '{other.Key}', which is no captured payment.";
        }
    }

    [GeneratedRegex("pay_[0-9A-Za-z_-]+")]
    private static partial Regex PaymentIn();
}
