using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// Stripe's PaymentIntents in two calls: one makes the intent under our stable key, which travels as Stripe's own idempotency key, so that every attempt means the same
/// intent (<see href="https://docs.stripe.com/api/idempotent_requests"/>); one confirms it. An intent succeeds once, however often it is confirmed, and never after
/// it was cancelled (<see href="https://docs.stripe.com/api/payment_intents/cancel"/>): so a charge can be prevented, also one that is on its way.
/// </summary>
internal sealed class StripePaymentGateway(IStripeClient client, TimeProvider timeProvider) : IPaymentGateway
{
    private const string KeyMetadata = "stable_key";
    private const string AccountMetadata = "account_id";

    // Stripe keeps an idempotency key for 24 h at least. After that a repeated call would make another intent, so the first one is searched for by then.
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(23);

    private readonly PaymentIntentService _intents = new(client);
    private readonly RefundService _refunds = new(client);

    public async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (StripeAmount.From(request.Amount, request.Currency) is not { } amount)
        {
            return new ChargeOutcome.Invalid("amount", $"Stripe can't charge {request.Amount} minor units of {request.Currency} exactly.");
        }

        try
        {
            var intent = await IntentOfAsync(request, amount, cancellationToken);
            try
            {
                return ToOutcome(await ConfirmAsync(intent.Id, cancellationToken), request);
            }
            catch (StripeException exception) when (exception.StripeError is { Type: "card_error" } error)
            {
                return await DeclineAsync(intent.Id, error, request, cancellationToken);
            }
            catch (StripeException exception) when (IsUnexpectedState(exception))
            {
                // Another attempt was here before.
                var current = await GetAsync(intent.Id, cancellationToken);
                return current switch
                {
                    { Status: "requires_payment_method", LastPaymentError: { } error } => await DeclineAsync(intent.Id, error, request, cancellationToken),
                    { Status: "canceled", LastPaymentError: { } error } => ToDeclined(error),
                    _ => ToOutcome(current, request),
                };
            }
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
        {
            return new ChargeOutcome.Invalid(FieldOf(exception.StripeError.Param), $"The payment gateway does not accept it{CodeOf(exception)}.");
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    public async Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (StripeAmount.From(request.Amount, request.Currency) is not { } amount)
        {
            // No attempt ever got as far as Stripe.
            return new PreventOutcome.Prevented();
        }

        try
        {
            var intent = await IntentOfAsync(request, amount, cancellationToken);
            return await CancelAsync(intent.Id, request, cancellationToken);
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
        {
            // Stripe accepts no intent like this, so there is none to confirm.
            return new PreventOutcome.Prevented();
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    /// <remarks>Stripe's search lags behind its charges by up to a minute, so null soon after a charge proves nothing: who wants to be sure prevents it.</remarks>
    public async Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        if (key.AsSpan().IndexOfAny('\'', '\\') >= 0)
        {
            throw new ArgumentException("A key to search for has no quotes and no backslashes.", nameof(key));
        }

        try
        {
            return await SearchAsync(accountId, key, cancellationToken) is { } intent && ToStatus(intent.Status) is { } status ? ToCharge(intent, status) : null;
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) => MoveAsync(
        () => _intents.CaptureAsync(reference, options: null, With(key), cancellationToken),
        () => HasStatusAsync(reference, "succeeded", cancellationToken),
        cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) => MoveAsync(
        () => _intents.CancelAsync(reference, options: null, With(key), cancellationToken),
        () => HasStatusAsync(reference, "canceled", cancellationToken),
        cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) => MoveAsync(
        () => _refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = reference }, With(key), cancellationToken),
        () => IsRefundedAsync(reference, cancellationToken),
        cancellationToken);

    // Stripe forgets idempotency keys after a day or more. A repeat after that is refused by the intent's state, which then says that it is done already.
    private static async Task<TransitionOutcome> MoveAsync(Func<Task> move, Func<Task<bool>> isDone, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await move();
                return new TransitionOutcome.Done();
            }
            catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
            {
                return await isDone()
                    ? new TransitionOutcome.Done()
                    : new TransitionOutcome.Refused($"The charge is not in a state that allows it{CodeOf(exception)}.");
            }
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    /// <summary>The one intent of the request's key, made now where there is none. Its status is that of when it was made: a repeated call is answered with the first answer.</summary>
    private async Task<PaymentIntent> IntentOfAsync(ChargeRequest request, long amount, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() - request.StartedAt > KeyLife && await SearchAsync(request.AccountId, request.Key, cancellationToken) is { } found)
        {
            return found;
        }

        return await _intents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = amount,
                Currency = request.Currency.ToLowerInvariant(),
                PaymentMethod = request.PaymentMethod,
                CaptureMethod = request.Capture ? "automatic" : "manual",
                AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true, AllowRedirects = "never" },
                Metadata = new Dictionary<string, string> { [KeyMetadata] = request.Key, [AccountMetadata] = request.AccountId },
            },
            With(request.Key),
            cancellationToken);
    }

    // Without a key of ours: the intent itself succeeds only once, and a stored answer of a failure would be repeated for a day.
    private Task<PaymentIntent> ConfirmAsync(string id, CancellationToken cancellationToken) => _intents.ConfirmAsync(
        id,

        // Nobody is there to answer a challenge or to follow a redirect: what needs one is declined.
        new PaymentIntentConfirmOptions { ErrorOnRequiresAction = true },
        requestOptions: null,
        cancellationToken);

    // A declined intent can be confirmed again, and another attempt may be about to: cancelled, its no is a no for good.
    private async Task<ChargeOutcome> DeclineAsync(string id, StripeError error, ChargeRequest request, CancellationToken cancellationToken) =>
        await CancelAsync(id, request, cancellationToken) is PreventOutcome.Charged charged
            ? new ChargeOutcome.Charged(charged.Charge)
            : ToDeclined(error);

    private static ChargeOutcome.Declined ToDeclined(StripeError error) =>
        new(error.DeclineCode ?? error.Code ?? "card_declined", error.Message ?? "The card was declined.");

    private async Task<PreventOutcome> CancelAsync(string id, ChargeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _intents.CancelAsync(id, options: null, requestOptions: null, cancellationToken);
            return new PreventOutcome.Prevented();
        }
        catch (StripeException exception) when (IsUnexpectedState(exception))
        {
            var intent = await GetAsync(id, cancellationToken);
            return intent.Status switch
            {
                "canceled" => new PreventOutcome.Prevented(),
                "succeeded" => new PreventOutcome.Charged(ToCharge(intent, GatewayChargeStatus.Captured) with { Amount = request.Amount, Currency = request.Currency }),
                _ => throw Undecided(intent),
            };
        }
    }

    private async Task<PaymentIntent?> SearchAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        var found = await _intents.SearchAsync(new PaymentIntentSearchOptions { Query = $"metadata['{KeyMetadata}']:'{key}'", Limit = 1 }, requestOptions: null, cancellationToken);
        return found.Data.FirstOrDefault(intent => intent.Metadata.GetValueOrDefault(AccountMetadata) == accountId);
    }

    private Task<PaymentIntent> GetAsync(string id, CancellationToken cancellationToken) => _intents.GetAsync(id, options: null, requestOptions: null, cancellationToken);

    private async Task<bool> HasStatusAsync(string reference, string status, CancellationToken cancellationToken) =>
        (await GetAsync(reference, cancellationToken)).Status == status;

    private async Task<bool> IsRefundedAsync(string reference, CancellationToken cancellationToken)
    {
        var intent = await _intents.GetAsync(reference, new PaymentIntentGetOptions { Expand = ["latest_charge"] }, requestOptions: null, cancellationToken);
        return intent.LatestCharge?.Refunded == true;
    }

    private static ChargeOutcome ToOutcome(PaymentIntent intent, ChargeRequest request) => ToStatus(intent.Status) switch
    {
        GatewayChargeStatus.Voided => new ChargeOutcome.Prevented(),
        null or GatewayChargeStatus.Pending => throw Undecided(intent),
        { } status => new ChargeOutcome.Charged(ToCharge(intent, status) with { Amount = request.Amount, Currency = request.Currency }),
    };

    // Stripe's documented word for it (https://docs.stripe.com/error-codes); its message may name accounts and objects that are not the caller's.
    private static string CodeOf(StripeException exception) => exception.StripeError.Code is { Length: > 0 } code ? $" ({code})" : "";

    private static GatewayUnavailableException Undecided(PaymentIntent intent) => new($"Stripe has not decided yet: the payment intent {intent.Id} is {intent.Status}.");

    private static bool IsUnexpectedState(StripeException exception) => exception.StripeError is { Code: "payment_intent_unexpected_state" };

    private static RequestOptions With(string key) => new() { IdempotencyKey = key };

    private static string FieldOf(string? parameter) => parameter switch
    {
        "amount" => "amount",
        "currency" => "currency",
        _ => "paymentMethod",
    };

    private static GatewayChargeStatus? ToStatus(string status) => status switch
    {
        "succeeded" => GatewayChargeStatus.Captured,
        "requires_capture" => GatewayChargeStatus.Authorized,
        "canceled" => GatewayChargeStatus.Voided,
        "processing" => GatewayChargeStatus.Pending,
        _ => null,
    };

    private static GatewayCharge ToCharge(PaymentIntent intent, GatewayChargeStatus status) => new(
        intent.Id,
        intent.Metadata?.GetValueOrDefault(KeyMetadata) ?? "",
        intent.Metadata?.GetValueOrDefault(AccountMetadata) ?? "",
        intent.Amount,
        intent.Currency.ToUpperInvariant(),
        status,
        new DateTimeOffset(DateTime.SpecifyKind(intent.Created, DateTimeKind.Utc)));
}
