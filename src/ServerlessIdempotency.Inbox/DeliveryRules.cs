namespace ServerlessIdempotency.Inbox;

/// <summary>The ways in which the broker may bring a message again, as the queue is set up.</summary>
public sealed class DeliveryRules
{
    /// <summary>How long the broker itself drops duplicates. Default 5 min, range 0 (off) to 7 days, as Service Bus.</summary>
    public TimeSpan DuplicateDetectionWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a message is delivered before it goes to the dead-letter queue. Default 10, range 1 to 2,000, as Service Bus.</summary>
    public int MaxDeliveryCount { get; set; } = 10;

    /// <summary>How long a consumer holds a message, renewals included. Default 60 s, range 1 s to 1 day.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the queue holds a message that nobody takes. It counts twice, since a dead letter that is resubmitted may wait as long again. Default 1 h, range 1 s to 180 days. Azure's
    /// own default is far longer: set both to what the queue needs.
    /// </summary>
    public TimeSpan MessageTimeToLive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How old a dead letter may be when someone resubmits it. Default 7 days, range 0 to 365 days.</summary>
    public TimeSpan DeadLetterResubmission { get; set; } = TimeSpan.FromDays(7);
}
