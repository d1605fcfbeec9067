namespace TestDoubles.Stripe;

/// <summary>A payment intent.</summary>
internal sealed class StripeIntent(string id, TimeProvider timeProvider, long amount, string currency, string captureMethod, IReadOnlyDictionary<string, string> metadata)
{
    private readonly List<(DateTimeOffset At, string Status)> _history = [(timeProvider.GetUtcNow(), "requires_confirmation")];

    public string Id => id;

    public DateTimeOffset CreatedAt => _history[0].At;

    public long Amount => amount;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    public string Status
    {
        get => _history[^1].Status;
        set => _history.Add((timeProvider.GetUtcNow(), value));
    }

    public string? CancellationReason { get; set; }

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

    public object ToJson() => ToJson(Status);

    /// <summary>As it was at that moment.</summary>
    public object ToJson(DateTimeOffset then) => ToJson(_history.Last(entry => entry.At <= then).Status);

    private object ToJson(string status) => new
    {
        id,
        @object = "payment_intent",
        status,
        cancellation_reason = status == "canceled" ? CancellationReason : null,
        amount,
        amount_received = Received,
        amount_capturable = status == "requires_capture" ? amount : 0,
        currency,
        created = CreatedAt.ToUnixTimeSeconds(),
        last_payment_error = IsDeclined ? new { type = "card_error", code = "card_declined", message = "Refused." } : null,
        metadata,
    };
}
