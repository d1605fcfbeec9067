namespace LocalServiceBus.Queues;

/// <summary>A message on its way into a queue.</summary>
internal sealed record NewMessage(string MessageId, MessageContent Content)
{
    public string? SessionId { get; init; }

    /// <summary>How long the sender wants it to live; null leaves it to the queue.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When it becomes active; null or past is at once.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }
}
