using System.Text.Json;
using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>Makes payments by HTTP, by queue or by both, captures and refunds them.</summary>
internal sealed class PaymentClient(RetryingClient client, CommandSender commands, Story story, Random random)
{
    private const int Accounts = 12;

    // Half of them answer at once; the others are slow, fail first or are declined.
    private static readonly string[] Methods =
        ["pm_ok", "pm_ok", "pm_ok", "pm_ok", "pm_slow_40", "pm_slow_400", "pm_slow_2500", "pm_lost_reply", "pm_unavailable", "pm_declined"];

    public async Task PayAsync()
    {
        var intent = NewIntent(isQueued: random.Happens(0.35));
        if (intent.IsQueued)
        {
            var queued = commands.SendAsync(intent, copies: random.Next(1, 4), new Random(random.Next()));
            if (random.Happens(0.4))
            {
                // By queue alone: what became of it is looked up in the end.
                await queued;
                return;
            }

            await Task.Delay(random.Between(0, 300));
            await Task.WhenAll(queued, client.PostAsync(intent.Create));
        }
        else
        {
            await client.PostAsync(intent.Create);
        }

        if (IdOf(intent) is { } id)
        {
            await GoOnAsync(intent, id);
        }

        if (random.Happens(0.25))
        {
            await client.PostAsync(intent.Create);
        }
    }

    private PaymentIntent NewIntent(bool isQueued)
    {
        var number = story.NextNumber();
        var key = $"pay-{number}-{random.Next():x8}";
        var (account, currency, method, capture) = ($"acct-{random.Next(Accounts)}", random.Happens(0.8) ? "EUR" : "JPY", random.Of(Methods), !random.Happens(0.4));
        var request = story.Add(new KeyedRequest("/api/payments", key, BodyOf(account, 1_000 + number, currency, method, capture)));
        var intent = new PaymentIntent(account, 1_000 + number, currency, method, capture, request) { IsQueued = isQueued };
        story.Payments.Enqueue(intent);
        return intent;
    }

    private static string BodyOf(string account, long amount, string currency, string method, bool capture) =>
        $$"""{"accountId":"{{account}}","amount":{{amount}},"currency":"{{currency}}","paymentMethod":"{{method}}","capture":{{(capture ? "true" : "false")}}}""";

    private string? IdOf(PaymentIntent intent)
    {
        var answer = intent.Create.First!;
        if (answer.Status != (intent.IsDeclined ? 402 : 201))
        {
            story.Differences.Enqueue($"The payment {intent.Create.Key} of {intent.Method} was answered {answer}.");
            return null;
        }

        return intent.IsDeclined ? null : JsonDocument.Parse(answer.Body).RootElement.GetProperty("id").GetString();
    }

    private async Task GoOnAsync(PaymentIntent intent, string id)
    {
        if (random.Happens(0.1))
        {
            await MisuseAsync(intent);
        }

        if (!intent.Capture && random.Happens(0.85))
        {
            intent.IsCaptured = await MoveAsync(id, "capture");
        }

        if ((intent.Capture || intent.IsCaptured) && random.Happens(0.4))
        {
            intent.IsRefunded = await MoveAsync(id, "refund");
        }
    }

    /// <summary>Moves a payment; now and then under two keys at once, of which one must lose.</summary>
    private async Task<bool> MoveAsync(string id, string step)
    {
        KeyedRequest[] rivals =
        [
            .. Enumerable.Range(1, random.Happens(0.15) ? 2 : 1).Select(rival => story.Add(new KeyedRequest($"/api/payments/{id}/{step}", $"{step}-{rival}-{random.Next():x8}", body: null))),
        ];
        var statuses = (await Task.WhenAll(rivals.Select(rival => client.Beside().PostAsync(rival)))).Select(answer => answer.Status).Order().ToArray();
        if (!statuses.SequenceEqual(rivals.Length == 1 ? [200] : [200, 409]))
        {
            story.Differences.Enqueue($"The {step} of {id} under {rivals.Length} keys was answered {string.Join(" and ", statuses)}.");
        }

        return statuses.Contains(200);
    }

    /// <summary>The same key with another amount: it must neither run nor replay (law 7).</summary>
    private async Task MisuseAsync(PaymentIntent intent)
    {
        var answer = await client.SendAsync(
            HttpMethod.Post, intent.Create.Path, intent.Create.Key, BodyOf(intent.Account, intent.Amount + 1_000_000_000, intent.Currency, intent.Method, intent.Capture), TimeSpan.FromSeconds(15));
        if (answer is { Status: 422 })
        {
            story.CountMismatch();
        }
        else if (answer is not null)
        {
            story.Differences.Enqueue($"The key {intent.Create.Key} with another amount was answered {answer}.");
        }
    }
}
