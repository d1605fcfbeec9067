using System.Collections.Specialized;
using System.Net;

namespace TestDoubles.Stripe;

/// <summary>
/// The documented rules of payment intents and refunds: what can be done in which state. See https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/api/refunds.
/// </summary>
internal sealed class StripeAccount(TimeProvider timeProvider)
{
    // Stripe's search lags behind by up to a minute.
    private static readonly TimeSpan SearchLag = TimeSpan.FromMinutes(1);

    public List<StripeIntent> Intents { get; } = [];

    public List<StripeRefund> Refunds { get; } = [];

    public int Declines { get; set; }

    public string RefundsBegin { get; set; } = "succeeded";

    public long Balance { get; set; } = long.MaxValue;

    public StripeAnswer Answer(string[] path, NameValueCollection form, NameValueCollection query) => path switch
    {
        ["POST payment_intents"] => Create(form),
        ["POST payment_intents", var id, var verb] => Move(Intents.Single(intent => intent.Id == id), verb, form["cancellation_reason"]),
        ["GET payment_intents", "search"] => StripeAnswer.Ok(new { @object = "search_result", data = Search(query["query"]!).Select(intent => intent.ToJson(timeProvider.GetUtcNow() - SearchLag)) }),
        ["GET payment_intents", var id] => StripeAnswer.Ok(Intents.Single(intent => intent.Id == id).ToJson()),
        ["POST refunds"] => Refund(Intents.Single(intent => intent.Id == form["payment_intent"])),
        ["GET refunds"] => List(Refunds.Where(refund => refund.Intent.Id == query["payment_intent"]).Reverse().ToList(), int.Parse(query["limit"] ?? "10", null), query["starting_after"]),
        _ => throw new NotSupportedException(string.Join('/', path)),
    };

    private StripeAnswer Create(NameValueCollection form)
    {
        var metadata = form.AllKeys.OfType<string>().Where(name => name.StartsWith("metadata[", StringComparison.Ordinal)).ToDictionary(name => name[9..^1], name => form[name]!);
        var intent = new StripeIntent(
            $"pi_{Intents.Count + 1}", timeProvider, long.Parse(form["amount"]!, null), form["currency"]!, form["capture_method"]!, metadata);
        Intents.Add(intent);
        return StripeAnswer.Ok(intent.ToJson());
    }

    private StripeAnswer Move(StripeIntent intent, string verb, string? reason)
    {
        switch (verb, intent.Status)
        {
            case ("confirm", "requires_confirmation" or "requires_payment_method") when Declines-- > 0:
                (intent.Status, intent.IsDeclined) = ("requires_payment_method", true);
                return StripeAnswer.Error("card_error", "card_declined", HttpStatusCode.PaymentRequired);
            case ("confirm", "requires_confirmation" or "requires_payment_method"):
                intent.Confirm();
                break;
            case ("cancel", "requires_confirmation" or "requires_payment_method" or "requires_capture"):
                (intent.Status, intent.CancellationReason) = ("canceled", reason);
                break;
            case ("capture", "requires_capture"):
                intent.Capture(intent.Amount);
                break;
            default:
                return StripeAnswer.Error("invalid_request_error", "payment_intent_unexpected_state");
        }

        return StripeAnswer.Ok(intent.ToJson());
    }

    /// <summary>Gives a part of an intent back, as somebody does at Stripe by hand.</summary>
    public void Refund(StripeIntent intent, long amount, string status) => Refunds.Add(new StripeRefund($"re_{Refunds.Count + 1}", intent, amount, status, timeProvider.GetUtcNow()));

    // The newest first, a page at a time: https://docs.stripe.com/api/pagination.
    private static StripeAnswer List(List<StripeRefund> newestFirst, int limit, string? after)
    {
        var rest = newestFirst.Skip(newestFirst.FindIndex(refund => refund.Id == after) + 1).ToList();
        return StripeAnswer.Ok(new { @object = "list", url = "/v1/refunds", has_more = rest.Count > limit, data = rest.Take(limit).Select(refund => refund.ToJson()) });
    }

    // The whole of what is left. What is under way counts as given back until it failed.
    private StripeAnswer Refund(StripeIntent intent)
    {
        var left = intent.Received - Refunds.Where(refund => refund.Intent == intent && refund.Stands).Sum(refund => refund.Amount);
        if (left == 0)
        {
            return StripeAnswer.Error("invalid_request_error", intent.Received > 0 ? "charge_already_refunded" : "payment_intent_unexpected_state");
        }

        if (left > Balance)
        {
            return StripeAnswer.Error("invalid_request_error", "balance_insufficient");
        }

        var refund = new StripeRefund($"re_{Refunds.Count + 1}", intent, left, RefundsBegin, timeProvider.GetUtcNow())
        {
            PendingReason = RefundsBegin == "pending" ? "processing" : null,
            FailureReason = RefundsBegin == "failed" ? "declined" : null,
        };
        Refunds.Add(refund);
        return StripeAnswer.Ok(refund.ToJson());
    }

    private IEnumerable<StripeIntent> Search(string query) => Intents.Where(intent =>
        timeProvider.GetUtcNow() - intent.CreatedAt >= SearchLag && query == $"metadata['stable_key']:'{intent.Metadata["stable_key"]}'");
}
