namespace TestDoubles.Stripe;

/// <summary>A payment intent.</summary>
internal sealed class StripeIntent(string id, DateTimeOffset createdAt, long amount, string currency, string captureMethod, IReadOnlyDictionary<string, string> metadata)
{
    public string Id => id;

    public DateTimeOffset CreatedAt => createdAt;

    public long Amount => amount;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    public string Status { get; set; } = "requires_confirmation";

    public bool IsDeclined { get; set; }

    public long Received { get; private set; }

    public void Confirm()
    {
        if (captureMethod == "manual")
        {
            Status = "requires_capture";
        }
        else
        {
            Capture(amount);
        }
    }

    public void Capture(long captured) => (Status, Received) = ("succeeded", captured);

    public object ToJson() => new
    {
        id,
        @object = "payment_intent",
        status = Status,
        amount,
        amount_received = Received,
        amount_capturable = Status == "requires_capture" ? amount : 0,
        currency,
        created = createdAt.ToUnixTimeSeconds(),
        last_payment_error = IsDeclined ? new { type = "card_error", code = "card_declined", message = "Refused." } : null,
        metadata,
    };
}
