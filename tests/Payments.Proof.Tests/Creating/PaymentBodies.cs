using Payments.Proof.Tests.Books;

namespace Payments.Proof.Tests.Creating;

/// <summary>Orders to make a payment, as clients send them.</summary>
internal static class PaymentBodies
{
    public static string Of(string method = "pm_ok", bool capture = true, long amount = Beginning.Amount) =>
        $$"""{"accountId":"{{Ends.Account}}","amount":{{amount}},"currency":"EUR","paymentMethod":"{{method}}","capture":{{(capture ? "true" : "false")}}}""";
}
