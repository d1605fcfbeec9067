namespace TestDoubles.Stripe;

/// <summary>A refund.</summary>
internal sealed class StripeRefund(string id, StripeIntent intent, long amount, string status, DateTimeOffset createdAt)
{
    public string Id => id;

    public StripeIntent Intent => intent;

    public long Amount => amount;

    public string Status { get; set; } = status;

    public string? FailureReason { get; set; }

    public string? PendingReason { get; set; }

    public bool Stands => Status is not ("failed" or "canceled");

    public object ToJson() => new
    {
        id,
        @object = "refund",
        amount,
        created = createdAt.ToUnixTimeSeconds(),
        payment_intent = intent.Id,
        status = Status,
        failure_reason = FailureReason,
        pending_reason = PendingReason,
    };
}
