using System.Net;

namespace TestDoubles.Stripe;

/// <summary>
/// The rules of idempotency keys (https://docs.stripe.com/api/idempotent_requests): the first answer of a request that has begun is stored, errors too, and repeated; other parameters are
/// refused; so is a repeat while the first is at work. Keys are forgotten when they are a day old.
/// </summary>
internal sealed class StripeKeys(TimeProvider timeProvider)
{
    private const int MaxLength = 255;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Dictionary<string, Entry> _entries = [];

    /// <returns>What is answered at once, or null where the request begins.</returns>
    public StripeAnswer? Begin(string key, string request)
    {
        if (key.Length > MaxLength)
        {
            return StripeAnswer.Error("invalid_request_error", "parameter_invalid_string_blank");
        }

        var now = timeProvider.GetUtcNow();
        if (!_entries.TryGetValue(key, out var entry) || now - entry.At >= Life)
        {
            _entries[key] = new Entry(request, now, Answer: null);
            return null;
        }

        return entry switch
        {
            _ when entry.Request != request => StripeAnswer.Error("idempotency_error", code: null) with { IsRepeat = true },
            { Answer: null } => StripeAnswer.Error("invalid_request_error", "idempotency_key_in_use", HttpStatusCode.Conflict),
            { Answer: { } answer } => answer with { IsRepeat = true },
        };
    }

    public void End(string key, StripeAnswer answer)
    {
        if (answer.IsStored)
        {
            _entries[key] = _entries[key] with { Answer = answer };
        }
        else
        {
            _entries.Remove(key);
        }
    }

    private sealed record Entry(string Request, DateTimeOffset At, StripeAnswer? Answer);
}
