namespace LocalServiceBus.Queues;

/// <summary>
/// Schedules and ends of life, by moment. Message locks and session locks have lists of their own: all of a queue's locks are equally long, so appending keeps those in the
/// order of their ends.
/// </summary>
internal sealed class DueTimes(QueueRules rules)
{
    private readonly SortedSet<DueMessage> _due = [];

    /// <summary>The next moment at which something happens to a message.</summary>
    public DateTimeOffset? Next => _due.Count > 0 ? _due.Min.At : null;

    public void AddSchedule(QueuedMessage message) => _due.Add(new DueMessage(message.ScheduledFor!.Value, message.SequenceNumber, message));

    /// <summary>Sets when the message expires. Dead letters don't.</summary>
    public void StartLife(QueuedMessage message)
    {
        if (rules.IsDeadLetterQueue || message.TimeToLive is not { } life || life >= DateTimeOffset.MaxValue - message.EnqueuedAt)
        {
            return;
        }

        message.ExpiresAt = message.EnqueuedAt + life;
        _due.Add(new DueMessage(message.ExpiresAt.Value, message.SequenceNumber, message));
    }

    public void Remove(QueuedMessage message)
    {
        if (message.State == MessageState.Scheduled)
        {
            _due.Remove(new DueMessage(message.ScheduledFor!.Value, message.SequenceNumber, message));
        }
        else if (message.ExpiresAt is { } expiresAt)
        {
            _due.Remove(new DueMessage(expiresAt, message.SequenceNumber, message));
        }
    }

    /// <summary>Takes out the first message whose moment has come; null for none.</summary>
    public QueuedMessage? TakeNext(DateTimeOffset now)
    {
        if (Next is not { } next || next > now)
        {
            return null;
        }

        var first = _due.Min;
        _due.Remove(first);
        return first.Message;
    }
}
