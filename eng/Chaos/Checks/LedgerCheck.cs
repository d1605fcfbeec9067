using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Every movement of money is booked once, on both sides; and nothing else is booked.</summary>
internal static class LedgerCheck
{
    public static IEnumerable<string> Run(Findings findings)
    {
        foreach (var payment in findings.Payments)
        {
            string[] expected = payment.Status switch
            {
                "captured" => [$"{payment.Id}.capture"],
                "refunded" => [$"{payment.Id}.capture", $"{payment.Id}.refund"],
                _ => [],
            };
            var transactions = payment.Ledger.GroupBy(entry => entry.TransactionId).OrderBy(transaction => transaction.Key, StringComparer.Ordinal).ToList();
            if (!transactions.Select(transaction => transaction.Key).SequenceEqual(expected))
            {
                yield return $"The {payment.Status} payment {payment.Id} has booked {(transactions.Count == 0 ? "nothing" : string.Join(", ", transactions.Select(transaction => transaction.Key)))}.";
            }

            foreach (var transaction in transactions)
            {
                var isWhole = transaction.Count() == 2
                    && transaction.Select(entry => entry.Type).Distinct().Count() == 2
                    && transaction.Sum(entry => (decimal)entry.Amount) == 0
                    && transaction.All(entry => Math.Abs(entry.Amount) == payment.Amount && entry.Currency == payment.Currency);
                if (!isWhole)
                {
                    yield return $"The transaction {transaction.Key} over {payment.Amount} {payment.Currency} is booked as {string.Join(", ", transaction)}.";
                }
            }
        }

        var booked = findings.Payments.Sum(payment => payment.Ledger.Count);
        if (findings.Tables.LedgerRows != booked)
        {
            yield return $"The tables hold {findings.Tables.LedgerRows} ledger entries, and the payments show {booked}.";
        }
    }
}
