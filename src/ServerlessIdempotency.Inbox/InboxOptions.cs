using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Inbox;

/// <summary>How long applied events are remembered.</summary>
public sealed class InboxOptions
{
    /// <summary>
    /// How long an applied event is known; past it the same event id is a new event. It must be longer than every way of <see cref="Rules"/> in which a
    /// duplicate can come. Default 8 days, range 1 min to 400 days.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(8);

    /// <summary>How the broker may bring a message again.</summary>
    public DeliveryRules Rules { get; } = new();

    /// <summary>
    /// The pause before a failed message is given back, since the broker brings it again at once; it doubles with each delivery, and the message stays locked meanwhile.
    /// Default 200 ms, range 0 to 1 min.
    /// </summary>
    public TimeSpan FirstRedeliveryPause { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest of these pauses. Default 10 s, range <see cref="FirstRedeliveryPause"/> to 5 min.</summary>
    public TimeSpan MaxRedeliveryPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The application property that names the event where the message is no CloudEvent. Default <c>event-id</c>.</summary>
    public string EventIdProperty { get; set; } = "event-id";

    /// <summary>How often a handler is run when the rows it had read changed before its commit. Default 5, range 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How many applied events this process keeps in memory, to tell a duplicate without a round trip. Default 10,000, range 0 (off) to 1,000,000.</summary>
    public int LocalCacheEntries { get; set; } = 10_000;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate()
    {
        string[] faults =
        [
            .. new OptionFaults("Inbox")
                .Between(Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))
                .Between(FirstRedeliveryPause, TimeSpan.Zero, TimeSpan.FromMinutes(1))
                .Between(MaxRedeliveryPause, FirstRedeliveryPause, TimeSpan.FromMinutes(5))
                .Between(Rules.DuplicateDetectionWindow, TimeSpan.Zero, TimeSpan.FromDays(7), name: "Rules:DuplicateDetectionWindow")
                .Between(Rules.LockDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), name: "Rules:LockDuration")
                .Between(Rules.MessageTimeToLive, TimeSpan.FromSeconds(1), TimeSpan.FromDays(180), name: "Rules:MessageTimeToLive")
                .Between(Rules.DeadLetterResubmission, TimeSpan.Zero, TimeSpan.FromDays(365), name: "Rules:DeadLetterResubmission")
                .Between(Rules.MaxDeliveryCount, 1, 2_000, name: "Rules:MaxDeliveryCount")
                .Between(MaxAttempts, 1, 100)
                .Between(LocalCacheEntries, 0, 1_000_000),
        ];
        return faults.Length > 0 ? faults : RetentionFaults();
    }

    private IEnumerable<string> RetentionFaults()
    {
        var redelivery = Rules.MaxDeliveryCount * Rules.LockDuration;
        if (Retention <= Rules.DuplicateDetectionWindow)
        {
            yield return $"Inbox:Retention ({Retention}) must be longer than Inbox:Rules:DuplicateDetectionWindow ({Rules.DuplicateDetectionWindow}): else the broker remembers an event longer than its consumer.";
        }

        if (Retention <= redelivery)
        {
            yield return $"Inbox:Retention ({Retention}) must be longer than Inbox:Rules:MaxDeliveryCount × LockDuration ({redelivery}): else a redelivered message is applied again.";
        }

        if (Retention <= Rules.DeadLetterResubmission)
        {
            yield return $"Inbox:Retention ({Retention}) must be longer than Inbox:Rules:DeadLetterResubmission ({Rules.DeadLetterResubmission}): else a resubmitted dead letter is applied again.";
        }

        // One after the other: sent again, and waited to the end of its time; delivered to the end; resubmitted at the last moment, and waited as long again.
        var longest = (2 * Rules.MessageTimeToLive) + redelivery + Rules.DeadLetterResubmission;
        if (Retention <= longest && Retention > redelivery && Retention > Rules.DeadLetterResubmission)
        {
            yield return $"Inbox:Retention ({Retention}) must be longer than Inbox:Rules:DeadLetterResubmission, MaxDeliveryCount × LockDuration and twice MessageTimeToLive together ({longest}): else a message that waited, or a dead letter resubmitted late, is applied again.";
        }
    }
}
