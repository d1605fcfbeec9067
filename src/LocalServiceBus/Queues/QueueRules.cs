using LocalServiceBus.Configuration;

namespace LocalServiceBus.Queues;

/// <summary>What a queue is: its settings, and whether it is the dead-letter queue of the one that has them.</summary>
internal sealed record QueueRules(QueueOptions Options, bool IsDeadLetterQueue)
{
    public string Name { get; } = IsDeadLetterQueue ? Options.Name + MessageQueue.DeadLetterSuffix : Options.Name;

    /// <summary>The dead-letter queue of a queue of sessions has none: its messages are taken one by one.</summary>
    public bool HasSessions => Options.RequiresSession && !IsDeadLetterQueue;

    /// <summary>The shorter of a message's own time to live and the queue's.</summary>
    public TimeSpan? Shorter(TimeSpan? ownTimeToLive)
    {
        var longest = Options.DefaultMessageTimeToLive;
        if (IsDeadLetterQueue || longest == TimeSpan.MaxValue)
        {
            return ownTimeToLive;
        }

        return ownTimeToLive < longest ? ownTimeToLive : longest;
    }
}
