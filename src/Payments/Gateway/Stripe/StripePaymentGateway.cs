using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// Stripe's PaymentIntents. Our stable key travels as Stripe's own idempotency key, so a repeated call is answered by Stripe with the first one's
/// result (<see href="https://docs.stripe.com/api/idempotent_requests"/>), and in the intent's metadata, so that it can be found.
/// </summary>
internal sealed class StripePaymentGateway(IStripeClient client) : IPaymentGateway
{
    private const string KeyMetadata = "stable_key";
    private const string AccountMetadata = "account_id";

    private readonly PaymentIntentService _intents = new(client);
    private readonly RefundService _refunds = new(client);

    public async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (StripeAmount.From(request.Amount, request.Currency) is not { } amount)
        {
            return new ChargeOutcome.Invalid("amount", $"Stripe can't charge {request.Amount} minor units of {request.Currency} exactly.");
        }

        var options = new PaymentIntentCreateOptions
        {
            Amount = amount,
            Currency = request.Currency.ToLowerInvariant(),
            PaymentMethod = request.PaymentMethod,
            CaptureMethod = request.Capture ? "automatic" : "manual",
            Confirm = true,

            // Nobody is there to answer a challenge or to follow a redirect: what needs one is declined.
            ErrorOnRequiresAction = true,
            AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true, AllowRedirects = "never" },
            Metadata = new Dictionary<string, string> { [KeyMetadata] = request.Key, [AccountMetadata] = request.AccountId },
        };
        try
        {
            var intent = await _intents.CreateAsync(options, With(request.Key), cancellationToken);
            if (intent.Status == "processing")
            {
                // A repeated call is answered with this same early status for ever, so the intent itself is asked how it went on.
                intent = await _intents.GetAsync(intent.Id, options: null, requestOptions: null, cancellationToken);
            }

            return ToStatus(intent.Status) is { } status
                ? new ChargeOutcome.Charged(ToCharge(intent, status) with { Amount = request.Amount, Currency = request.Currency })
                : throw new GatewayUnavailableException($"Stripe has not decided yet: the payment intent {intent.Id} is {intent.Status}.");
        }
        catch (StripeException exception) when (exception.StripeError is { Type: "card_error" } error)
        {
            return new ChargeOutcome.Declined(error.DeclineCode ?? error.Code ?? "card_declined", error.Message ?? "The card was declined.");
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
        {
            return new ChargeOutcome.Invalid(FieldOf(exception.StripeError.Param), exception.StripeError.Message ?? "Stripe did not accept the request.");
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    /// <remarks>Stripe's search lags behind its charges by up to a minute, so null soon after a charge proves nothing.</remarks>
    public async Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken)
    {
        if (key.AsSpan().IndexOfAny('\'', '\\') >= 0)
        {
            throw new ArgumentException("A key to search for has no quotes and no backslashes.", nameof(key));
        }

        try
        {
            var found = await _intents.SearchAsync(new PaymentIntentSearchOptions { Query = $"metadata['{KeyMetadata}']:'{key}'", Limit = 1 }, requestOptions: null, cancellationToken);
            return found.Data.FirstOrDefault(intent => intent.Metadata.GetValueOrDefault(AccountMetadata) == accountId) is { } intent && ToStatus(intent.Status) is { } status
                ? ToCharge(intent, status)
                : null;
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
                    : new TransitionOutcome.Refused(exception.StripeError.Message ?? "Stripe refused it.");
            }
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    private async Task<bool> HasStatusAsync(string reference, string status, CancellationToken cancellationToken) =>
        (await _intents.GetAsync(reference, options: null, requestOptions: null, cancellationToken)).Status == status;

    private async Task<bool> IsRefundedAsync(string reference, CancellationToken cancellationToken)
    {
        var intent = await _intents.GetAsync(reference, new PaymentIntentGetOptions { Expand = ["latest_charge"] }, requestOptions: null, cancellationToken);
        return intent.LatestCharge?.Refunded == true;
    }

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
