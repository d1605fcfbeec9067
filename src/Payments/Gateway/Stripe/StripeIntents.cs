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

    // https://docs.stripe.com/api/payment_intents/cancel#cancel_payment_intent-cancellation_reason
    private const string Duplicate = "duplicate";

    private readonly PaymentIntentService _intents = new(client);

    /// <summary>
    /// The id of the request's one intent, made now where there is none, and recorded before anybody confirms or cancels it: from then on it hangs on no key of Stripe's and on no search.
    /// </summary>
    /// <exception cref="GatewayUnavailableException">Stripe repeats a stored failure, and it is too late or there were too many to go on under another name.</exception>
    public async Task<string> IdOfAsync(ChargeRequest request, long amount, CancellationToken cancellationToken)
    {
        return request.PrepareOnce is { } prepareOnce ? await prepareOnce(MakeAsync, cancellationToken) : await MakeAsync(cancellationToken);

        async Task<string> MakeAsync(CancellationToken token) => (await OfAsync(request, amount, token)).Id;
    }

    // An operation that began under a version without that record may have an intent that another attempt goes on with.
    private async Task<PaymentIntent> OfAsync(ChargeRequest request, long amount, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() - request.StartedAt > KeyLife && await FindOneAsync(request.AccountId, request.Key, cancellationToken) is { } found)
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
    /// <remarks>What it says of the intent's state may be a minute old, or older where Stripe has an outage.</remarks>
    public async Task<PaymentIntent?> SearchAsync(string accountId, string key, CancellationToken cancellationToken) =>
        (await ListAsync(accountId, key, cancellationToken)).FirstOrDefault();

    // Of several that can still be confirmed, the last one is the one that attempts before this one went on to. Where they are of one second, nobody can tell which that is: all but one are
    // cancelled before that one is confirmed, so whoever goes on with another one charges nothing.
    private async Task<PaymentIntent?> FindOneAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        var found = await ListAsync(accountId, key, cancellationToken);
        if (found is not [var first, ..] || !IsOpen(first))
        {
            return found.FirstOrDefault();
        }

        foreach (var other in found.Skip(1).Where(other => IsOpen(other) && other.Created == first.Created))
        {
            if (await CancelDuplicateAsync(other.Id, cancellationToken) is { } decided)
            {
                return decided;
            }
        }

        return first;
    }

    /// <returns>The intent where it was not for us to cancel: something happened on it since the search saw it.</returns>
    private async Task<PaymentIntent?> CancelDuplicateAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await _intents.CancelAsync(id, new PaymentIntentCancelOptions { CancellationReason = Duplicate }, requestOptions: null, cancellationToken);
            return null;
        }
        catch (StripeException exception) when (exception.StripeError is { Code: "payment_intent_unexpected_state" })
        {
            var current = await GetAsync(id, cancellationToken);
            return IsDuplicate(current) ? null : current;
        }
    }

    /// <summary>All that were made under a key, but for cancelled duplicates: the first is that on which something happened, or the last one made.</summary>
    private async Task<List<PaymentIntent>> ListAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        var found = await _intents.SearchAsync(new PaymentIntentSearchOptions { Query = $"metadata['{KeyMetadata}']:'{key}'", Limit = 100 }, requestOptions: null, cancellationToken);
        return
        [
            .. found.Data
                .Where(intent => intent.Metadata.GetValueOrDefault(AccountMetadata) == accountId && !IsDuplicate(intent))
                .OrderBy(intent => intent.Status switch
                {
                    "succeeded" => 0,
                    "requires_capture" => 1,
                    "processing" => 2,
                    "canceled" => 3,
                    _ => 4,
                })
                .ThenByDescending(intent => intent.Created)
                .ThenBy(intent => intent.Id, StringComparer.Ordinal),
        ];
    }

    private static bool IsOpen(PaymentIntent intent) => intent.Status is not ("succeeded" or "requires_capture" or "processing" or "canceled");

    private static bool IsDuplicate(PaymentIntent intent) => intent is { Status: "canceled", CancellationReason: Duplicate };
}
