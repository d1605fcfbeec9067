using System.Text.Json;
using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Every payment that was wanted is there once, charged once, in the state in which its client left it; and there are no others.</summary>
internal static class PaymentsCheck
{
    public static IEnumerable<string> Run(Story story, Findings findings)
    {
        var payments = findings.Payments.ToLookup(payment => (payment.AccountId, payment.Amount));
        var charges = findings.Charges.ToLookup(charge => (charge.AccountId, charge.Amount));
        var replays = findings.Replays.ToDictionary(replay => replay.Request, replay => replay.Answer);
        foreach (var intent in story.Payments)
        {
            var name = $"The payment {intent.Create.Key} ({intent.Account}, {intent.Amount}, {intent.Method}{(intent.IsQueued ? ", queued" : "")})";
            var (made, charged) = (payments[(intent.Account, intent.Amount)].ToList(), charges[(intent.Account, intent.Amount)].ToList());
            var expected = intent.IsDeclined ? 0 : 1;
            if (made.Count != expected || charged.Count != expected)
            {
                yield return $"{name} was made {made.Count} times and charged {charged.Count} times, not {expected}.";
                continue;
            }

            var isAnswered = replays.TryGetValue(intent.Create, out var answer);
            if (expected == 0)
            {
                // What went by queue alone was answered to nobody, so nothing else looks at what is stored.
                if (isAnswered && answer!.Status != 402)
                {
                    yield return $"{name} was declined, and its key is answered {answer}.";
                }

                continue;
            }

            if (made[0].Status != intent.Status || made[0].Currency != intent.Currency)
            {
                yield return $"{name} is {made[0].Status} in {made[0].Currency}, not {intent.Status} in {intent.Currency}.";
            }

            if (isAnswered && (answer!.Status != 201 || IdOf(answer) != made[0].Id))
            {
                yield return $"{name} is {made[0].Id}, and its key is answered {answer}.";
            }
        }

        foreach (var difference in Bookkeeping(findings))
        {
            yield return difference;
        }

        var wanted = story.Payments.Select(intent => (intent.Account, intent.Amount)).Concat(story.Orders.Select(intent => (intent.Account, intent.Total))).ToHashSet();
        foreach (var payment in findings.Payments.Where(payment => !wanted.Contains((payment.AccountId, payment.Amount))))
        {
            yield return $"The payment {payment.Id} of {payment.AccountId} over {payment.Amount} was never asked for.";
        }

        foreach (var charge in findings.Charges.Where(charge => !wanted.Contains((charge.AccountId, charge.Amount))))
        {
            yield return $"The charge {charge.Reference} of {charge.AccountId} over {charge.Amount} was never asked for.";
        }
    }

    /// <summary>Gateway and app agree about every single charge.</summary>
    private static IEnumerable<string> Bookkeeping(Findings findings)
    {
        var charges = findings.Charges.ToDictionary(charge => charge.Reference);
        foreach (var payment in findings.Payments)
        {
            if (!charges.Remove(payment.GatewayReference, out var charge))
            {
                yield return $"The payment {payment.Id} names the charge {payment.GatewayReference}, which the gateway does not have or another payment names too.";
            }
            else if ((charge.AccountId, charge.Amount, charge.Currency, charge.Status) != (payment.AccountId, payment.Amount, payment.Currency, payment.Status))
            {
                yield return $"The payment {payment.Id} and its charge differ: {payment.AccountId} {payment.Amount} {payment.Currency} {payment.Status}, {charge.AccountId} {charge.Amount} {charge.Currency} {charge.Status}.";
            }
        }

        foreach (var charge in charges.Values)
        {
            yield return $"The gateway has the {charge.Status} charge {charge.Reference}, {charge.AccountId} {charge.Amount} {charge.Currency}, and no payment names it.";
        }
    }

    private static string? IdOf(Answer answer) => JsonDocument.Parse(answer.Body).RootElement.GetProperty("id").GetString();
}
