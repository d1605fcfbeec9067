using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Every account's statement has each movement of its payments once, in order, and its balance is what the gateway took and did not give back.</summary>
internal static class StatementsCheck
{
    public static IEnumerable<string> Run(Findings findings)
    {
        var payments = findings.Payments.ToLookup(payment => payment.AccountId);
        foreach (var statement in findings.Statements)
        {
            var expected = payments[statement.AccountId].SelectMany(MovementsOf).Order().ToList();
            var entered = statement.Lines.Select(line => (line.PaymentId, line.Type, line.Amount, line.Currency)).Order().ToList();
            foreach (var missing in expected.Except(entered))
            {
                yield return $"The statement of {statement.AccountId} lacks {missing}.";
            }

            foreach (var unexpected in entered.Except(expected))
            {
                yield return $"The statement of {statement.AccountId} has {unexpected}, which did not happen.";
            }

            foreach (var twice in statement.Lines.GroupBy(line => line.EventId).Where(lines => lines.Count() > 1).Concat(
                statement.Lines.GroupBy(line => $"{line.PaymentId} {line.Type}").Where(lines => lines.Count() > 1)))
            {
                yield return $"The statement of {statement.AccountId} has {twice.Key} {twice.Count()} times.";
            }

            if (!statement.Lines.Select(line => line.At).SequenceEqual(statement.Lines.Select(line => line.At).Order()))
            {
                yield return $"The statement of {statement.AccountId} is not in the order of its moments.";
            }

            foreach (var refund in statement.Lines.Index().Where(line => line.Item.Type == "payment.refunded"))
            {
                if (!statement.Lines.Take(refund.Index).Any(line => line.PaymentId == refund.Item.PaymentId && line.Type == "payment.captured"))
                {
                    yield return $"The statement of {statement.AccountId} has the refund of {refund.Item.PaymentId} before its capture.";
                }
            }

            var kept = findings.Charges.Where(charge => charge.AccountId == statement.AccountId && charge.Status == "captured")
                .GroupBy(charge => charge.Currency).ToDictionary(charges => charges.Key, charges => charges.Sum(charge => (decimal)charge.Amount));
            foreach (var currency in kept.Keys.Union(statement.Balances.Keys).Where(currency => kept.GetValueOrDefault(currency) != statement.Balances.GetValueOrDefault(currency)))
            {
                yield return $"The balance of {statement.AccountId} is {statement.Balances.GetValueOrDefault(currency)} {currency}, and the gateway has kept {kept.GetValueOrDefault(currency)}.";
            }
        }
    }

    private static IEnumerable<(string PaymentId, string Type, long Amount, string Currency)> MovementsOf(PaymentState payment)
    {
        if (payment.Status is "captured" or "refunded")
        {
            yield return (payment.Id, "payment.captured", payment.Amount, payment.Currency);
        }

        if (payment.Status == "refunded")
        {
            yield return (payment.Id, "payment.refunded", -payment.Amount, payment.Currency);
        }
    }
}
