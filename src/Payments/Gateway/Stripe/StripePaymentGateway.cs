using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// Stripe's PaymentIntents in two calls: one makes the intent under our stable key, which travels as Stripe's own idempotency key, so that every attempt means the same
/// intent (<see href="https://docs.stripe.com/api/idempotent_requests"/>); one confirms it. An intent succeeds once, however often it is confirmed, and never after
/// it was cancelled (<see href="https://docs.stripe.com/api/payment_intents/cancel"/>): so a charge can be prevented, also one that is on its way.
/// </summary>
internal sealed class StripePaymentGateway(IStripeClient client, TimeProvider timeProvider) : IPaymentGateway
{
    private readonly StripeIntents _intents = new(client, timeProvider);
    private readonly StripeRefunds _refunds = new(client, timeProvider);

    public async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (StripeAmount.From(request.Amount, request.Currency) is not { } amount)
        {
            return new ChargeOutcome.Invalid("amount", $"Stripe can't charge {request.Amount} minor units of {request.Currency} exactly.");
        }

        try
        {
            var id = await _intents.IdOfAsync(request, amount, cancellationToken);
            try
            {
                return ToOutcome(await _intents.ConfirmAsync(id, cancellationToken), request);
            }
            catch (StripeException exception) when (exception.StripeError is { Type: "card_error" } error)
            {
                return await DeclineAsync(id, error, request, cancellationToken);
            }
            catch (StripeException exception) when (IsUnexpectedState(exception))
            {
                // Another attempt was here before.
                var current = await _intents.GetAsync(id, cancellationToken);
                return current switch
                {
                    { Status: "requires_payment_method", LastPaymentError: { } error } => await DeclineAsync(id, error, request, cancellationToken),
                    { Status: "canceled", LastPaymentError: { } error } => ToDeclined(error),
                    _ => ToOutcome(current, request),
                };
            }
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
        {
            return new ChargeOutcome.Invalid(FieldOf(exception.StripeError.Param), $"The payment gateway does not accept it{StripeFault.CodeOf(exception)}.");
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
            var id = await _intents.IdOfAsync(request, amount, cancellationToken);
            return await CancelAsync(id, request, cancellationToken);
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
            return await _intents.SearchAsync(accountId, key, cancellationToken) is { } intent && ToStatus(intent.Status) is { } status ? ToCharge(intent, status) : null;
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) =>
        AskAsync(() => MoveAsync(reference, "succeeded", _intents.CaptureAsync, cancellationToken), cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) =>
        AskAsync(() => MoveAsync(reference, "canceled", _intents.CancelAsync, cancellationToken), cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) =>
        AskAsync(() => _refunds.RefundAsync(reference, key, cancellationToken), cancellationToken);

    public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) =>
        AskAsync(() => _refunds.FindAsync(reference, cancellationToken), cancellationToken);

    private static async Task<TransitionOutcome> AskAsync(Func<Task<TransitionOutcome>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (StripeFault.IsUnclear(exception, cancellationToken))
        {
            throw StripeFault.ToUnavailable(exception);
        }
    }

    // A repeat is refused by the intent's state, which then says that it is done already.
    private async Task<TransitionOutcome> MoveAsync(string id, string wanted, Func<string, CancellationToken, Task<PaymentIntent>> move, CancellationToken cancellationToken)
    {
        PaymentIntent intent;
        StripeException? refusal = null;
        try
        {
            intent = await move(id, cancellationToken);
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception))
        {
            intent = await _intents.GetAsync(id, cancellationToken);
            refusal = exception;
        }

        return intent.Status switch
        {
            "succeeded" when wanted == "succeeded" && intent.AmountReceived != intent.Amount =>
                new TransitionOutcome.Refused($"The gateway has taken {intent.AmountReceived} of {intent.Amount} {intent.Currency.ToUpperInvariant()}."),
            var status when status == wanted => new TransitionOutcome.Done(),
            "processing" => throw Undecided(intent),
            _ when refusal is not null => new TransitionOutcome.Refused($"The charge is not in a state that allows it{StripeFault.CodeOf(refusal)}."),
            _ => throw Undecided(intent),
        };
    }

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
            var cancelled = await _intents.CancelAsync(id, cancellationToken);
            return cancelled.Status == "canceled" ? new PreventOutcome.Prevented() : throw Undecided(cancelled);
        }
        catch (StripeException exception) when (IsUnexpectedState(exception))
        {
            var intent = await _intents.GetAsync(id, cancellationToken);
            return intent.Status switch
            {
                "canceled" => new PreventOutcome.Prevented(),
                "succeeded" => new PreventOutcome.Charged(ToCharge(intent, GatewayChargeStatus.Captured, request)),
                _ => throw Undecided(intent),
            };
        }
    }

    private static ChargeOutcome ToOutcome(PaymentIntent intent, ChargeRequest request) => ToStatus(intent.Status) switch
    {
        GatewayChargeStatus.Voided => new ChargeOutcome.Prevented(),
        null or GatewayChargeStatus.Pending => throw Undecided(intent),
        { } status => new ChargeOutcome.Charged(ToCharge(intent, status, request)),
    };

    private static GatewayUnavailableException Undecided(PaymentIntent intent) => new($"Stripe has not decided yet: the payment intent {intent.Id} is {intent.Status}.");

    private static bool IsUnexpectedState(StripeException exception) => exception.StripeError is { Code: "payment_intent_unexpected_state" };

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

    // The money of the intent is what was asked for, or nobody may book it as that.
    private static GatewayCharge ToCharge(PaymentIntent intent, GatewayChargeStatus status, ChargeRequest request)
    {
        var money = status == GatewayChargeStatus.Captured ? intent.AmountReceived : intent.AmountCapturable;
        return money == StripeAmount.From(request.Amount, request.Currency) && string.Equals(intent.Currency, request.Currency, StringComparison.OrdinalIgnoreCase)
            ? ToCharge(intent, status) with { Amount = request.Amount, Currency = request.Currency }
            : throw new InvalidOperationException(
                $"The payment intent {intent.Id} is {intent.Status} with {money} of {intent.Amount} {intent.Currency}, and {request.Amount} {request.Currency} was asked for: look at it at Stripe.");
    }

    private static GatewayCharge ToCharge(PaymentIntent intent, GatewayChargeStatus status) => new(
        intent.Id,
        intent.Metadata?.GetValueOrDefault(StripeIntents.KeyMetadata) ?? "",
        intent.Metadata?.GetValueOrDefault(StripeIntents.AccountMetadata) ?? "",
        intent.Amount,
        intent.Currency.ToUpperInvariant(),
        status,
        new DateTimeOffset(DateTime.SpecifyKind(intent.Created, DateTimeKind.Utc)));
}
