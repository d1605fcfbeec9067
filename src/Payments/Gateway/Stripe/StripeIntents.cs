using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// The payment intents of our account. Only making one carries a key of ours: it can be confirmed, captured and cancelled once, by its own state, and a stored failure of that would
/// be repeated for a day (<see cref="StripeRepeats"/>).
/// </summary>
internal sealed class StripeIntents(IStripeClient client, TimeProvider timeProvider)
{
    public const string KeyMetadata = "stable_key";
    public const string AccountMetadata = "account_id";

    // Stripe keeps an idempotency key for 24 h at least. After that a repeated call would make another intent, so the first one is searched for by then.
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(23);

    // An intent under a later name is made an hour before that at the latest, as far as Stripe's search lags behind in an outage: so the search finds it, and nobody makes or
    // confirms another one.
    private static readonly TimeSpan NamesLife = KeyLife - TimeSpan.FromHours(1);

    private readonly PaymentIntentService _intents = new(client);

    /// <summary>The one intent of the request's key, made now where there is none. Its status is that of when it was made: a repeated call is answered with the first answer.</summary>
    /// <exception cref="GatewayUnavailableException">Stripe repeats a stored failure, and it is too late or there were too many to go on under another name.</exception>
    public async Task<PaymentIntent> OfAsync(ChargeRequest request, long amount, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() - request.StartedAt > KeyLife && await SearchAsync(request.AccountId, request.Key, cancellationToken) is { } found)
        {
            return found;
        }

        var options = new PaymentIntentCreateOptions
        {
            Amount = amount,
            Currency = request.Currency.ToLowerInvariant(),
            PaymentMethod = request.PaymentMethod,
            CaptureMethod = request.Capture ? "automatic" : "manual",
            AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true, AllowRedirects = "never" },
            Metadata = new Dictionary<string, string> { [KeyMetadata] = request.Key, [AccountMetadata] = request.AccountId },
        };

        // Each attempt walks the same stored failures and ends at the same intent. One that was made behind a stored failure is confirmed by nobody, and charges nothing.
        for (var stored = 0; ; stored++)
        {
            try
            {
                return await _intents.CreateAsync(options, StripeRepeats.Under(stored == 0 ? request.Key : $"{request.Key}.{stored}"), cancellationToken);
            }
            catch (StripeException exception) when (StripeRepeats.IsRepeat(exception))
            {
                if (stored == StripeRepeats.MaxNames || timeProvider.GetUtcNow() - request.StartedAt > NamesLife)
                {
                    throw new GatewayUnavailableException($"Stripe repeats a stored failure under the key {request.Key}; it forgets it a day after that.", exception);
                }
            }
        }
    }

    /// <summary>Confirms. Nobody is there to answer a challenge or to follow a redirect: what needs one is declined.</summary>
    public Task<PaymentIntent> ConfirmAsync(string id, CancellationToken cancellationToken) =>
        _intents.ConfirmAsync(id, new PaymentIntentConfirmOptions { ErrorOnRequiresAction = true }, requestOptions: null, cancellationToken);

    public Task<PaymentIntent> CaptureAsync(string id, CancellationToken cancellationToken) => _intents.CaptureAsync(id, options: null, requestOptions: null, cancellationToken);

    public Task<PaymentIntent> CancelAsync(string id, CancellationToken cancellationToken) => _intents.CancelAsync(id, options: null, requestOptions: null, cancellationToken);

    public Task<PaymentIntent> GetAsync(string id, CancellationToken cancellationToken) => _intents.GetAsync(id, options: null, requestOptions: null, cancellationToken);

    /// <summary>The intent that was made under a key, by its metadata: of several, that on which something happened.</summary>
    public async Task<PaymentIntent?> SearchAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        var found = await _intents.SearchAsync(new PaymentIntentSearchOptions { Query = $"metadata['{KeyMetadata}']:'{key}'", Limit = 100 }, requestOptions: null, cancellationToken);
        return found.Data
            .Where(intent => intent.Metadata.GetValueOrDefault(AccountMetadata) == accountId)
            .OrderBy(intent => intent.Status switch
            {
                "succeeded" => 0,
                "requires_capture" => 1,
                "processing" => 2,
                "canceled" => 3,
                _ => 4,
            })
            .ThenByDescending(intent => intent.Created)
            .FirstOrDefault();
    }
}
