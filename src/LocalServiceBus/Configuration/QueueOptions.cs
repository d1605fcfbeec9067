namespace LocalServiceBus.Configuration;

/// <summary>A queue, with the settings and the names that Azure Service Bus and its emulator use.</summary>
public sealed class QueueOptions
{
    /// <summary>The queue's name, 1 to 260 characters; clients may write it in any letter case.</summary>
    public required string Name { get; init; }

    /// <summary>How long a message or session stays locked. Default 1 minute. The service takes 5 seconds to 5 minutes; shorter is taken here with a warning.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Deliveries without settlement after which a message is dead-lettered. Default 10, 1 to 2,000.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Whether every message belongs to a session and is received in its order. Default false.</summary>
    public bool RequiresSession { get; init; }

    /// <summary>Whether a second message with the same MessageId inside the window is dropped. Default false.</summary>
    public bool RequiresDuplicateDetection { get; init; }

    /// <summary>The window of duplicate detection. Default 10 minutes. The service takes 20 seconds to 7 days; shorter is taken here with a warning.</summary>
    public TimeSpan DuplicateDetectionHistoryTimeWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest that a message lives; a message's own time to live can only be shorter. Default: forever.</summary>
    public TimeSpan DefaultMessageTimeToLive { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether an expired message goes to the dead-letter queue instead of away. Default false.</summary>
    public bool DeadLetteringOnMessageExpiration { get; init; }

    /// <summary>The queue that gets this queue's dead letters; null or empty keeps them in its own dead-letter queue. Default null.</summary>
    public string? ForwardDeadLetteredMessagesTo { get; init; }
}
