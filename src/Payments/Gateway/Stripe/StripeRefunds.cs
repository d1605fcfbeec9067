using System.Globalization;
using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// Gives the whole of a captured intent back. That Stripe took a refund does not mean that the money goes: it may wait for balance, fail at the bank or be cancelled
/// (<see href="https://docs.stripe.com/api/refunds/object"/>). Two refunds of the whole never stand at once, whatever their keys: Stripe refuses what is beyond the rest.
/// </summary>
internal sealed class StripeRefunds(IStripeClient client, TimeProvider timeProvider)
{
    private readonly PaymentIntentService _intents = new(client);
    private readonly RefundService _refunds = new(client);

    /// <summary>Looks at the refunds that were made, and makes none.</summary>
    public async Task<TransitionOutcome> FindAsync(string intentId, CancellationToken cancellationToken)
    {
        var refunds = await ListAsync(intentId, cancellationToken);
        return await JudgeAsync(intentId, refunds, cancellationToken)
            ?? new TransitionOutcome.Refused(refunds.Where(IsLost).MaxBy(refund => refund.Created) is { } lost ? Lost(lost) : "Stripe has no refund of the whole.");
    }

    /// <exception cref="GatewayUnavailableException">Stripe repeats a stored failure, also under the name of this second.</exception>
    public async Task<TransitionOutcome> RefundAsync(string intentId, string key, CancellationToken cancellationToken)
    {
        var answer = await CreateAsync(intentId, key, cancellationToken);
        if (await EndOfAsync(intentId, answer, isOfNow: false, cancellationToken) is { } outcome)
        {
            return outcome;
        }

        // The first name says what was, and it was nothing. So a refusal uses up a second and no name: what was refused for want of balance can be asked for as often as one likes.
        answer = await CreateAsync(intentId, $"{key}.{timeProvider.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}", cancellationToken);
        return await EndOfAsync(intentId, answer, isOfNow: true, cancellationToken)
            ?? throw new GatewayUnavailableException($"Stripe repeats a stored failure of the refund {key}: ask again.", answer.Refusal);
    }

    /// <returns>Null where the answer is only that of then.</returns>
    private async Task<TransitionOutcome?> EndOfAsync(string intentId, (Refund? Refund, StripeException? Refusal) answer, bool isOfNow, CancellationToken cancellationToken)
    {
        // Whatever was answered, what stands now is in the list, which lags behind nothing. A refund that has gone through may be the rest of a whole whose other part has not.
        var refunds = await ListAsync(intentId, cancellationToken);
        if (await JudgeAsync(intentId, refunds, cancellationToken) is { } judged)
        {
            return judged;
        }

        var isFresh = isOfNow || !StripeRepeats.IsRepeat(answer.Refund?.StripeResponse ?? answer.Refusal?.StripeResponse);
        return (answer.Refund is { } made ? refunds.Find(refund => refund.Id == made.Id) ?? made : null, answer.Refusal) switch
        {
            ({ } refund, _) when isFresh && IsLost(refund) => new TransitionOutcome.Refused(Lost(refund)),
            (_, { } refusal) when isFresh && StripeFault.IsInvalidRequest(refusal) => new TransitionOutcome.Refused($"The refund was not taken{StripeFault.CodeOf(refusal)}."),
            _ => null,
        };
    }

    private async Task<(Refund? Refund, StripeException? Refusal)> CreateAsync(string intentId, string key, CancellationToken cancellationToken)
    {
        try
        {
            return (await _refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = intentId }, StripeRepeats.Under(key), cancellationToken), null);
        }
        catch (StripeException exception) when (StripeFault.IsInvalidRequest(exception) || StripeRepeats.IsRepeat(exception))
        {
            return (null, exception);
        }
    }

    private async Task<List<Refund>> ListAsync(string intentId, CancellationToken cancellationToken)
    {
        var refunds = new List<Refund>();
        await foreach (var refund in _refunds.ListAutoPagingAsync(new RefundListOptions { PaymentIntent = intentId, Limit = 100 }, requestOptions: null, cancellationToken))
        {
            refunds.Add(refund);
        }

        return refunds;
    }

    /// <returns>Null where no refund of the whole stands or is on its way.</returns>
    private async Task<TransitionOutcome?> JudgeAsync(string intentId, List<Refund> refunds, CancellationToken cancellationToken)
    {
        if (refunds.All(IsLost))
        {
            return null;
        }

        var intent = await _intents.GetAsync(intentId, options: null, requestOptions: null, cancellationToken);
        var open = refunds.Find(refund => refund.Status is not "succeeded" && !IsLost(refund));
        if (refunds.Where(refund => !IsLost(refund)).Sum(refund => refund.Amount) < intent.AmountReceived)
        {
            return null;
        }

        return open is null
            ? new TransitionOutcome.Done()
            : new TransitionOutcome.Pending($"Stripe has not decided yet: the refund {open.Id} is {open.Status}{(open.PendingReason is { Length: > 0 } reason ? $" ({reason})" : "")}.");
    }

    private static bool IsLost(Refund refund) => refund.Status is "failed" or "canceled";

    private static string Lost(Refund refund) => $"The refund is {refund.Status}{(refund.FailureReason is { Length: > 0 } reason ? $" ({reason})" : "")}.";
}
