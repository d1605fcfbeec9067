namespace LocalServiceBus.Queues;

/// <summary>How a message comes into the queue: sent, scheduled, from another queue, or from the journal.</summary>
internal sealed class Arrivals(QueueRules rules, QueueContents contents, DueTimes due, Deliveries deliveries, DuplicateHistory? duplicates, IQueueJournal journal)
{
    /// <summary>Takes in what a client sends. A duplicate gets a number and is dropped.</summary>
    public long Add(NewMessage incoming, DateTimeOffset now)
    {
        var number = contents.NextNumber();
        if (duplicates is not null)
        {
            if (!duplicates.TryAdd(incoming.MessageId, now))
            {
                return number;
            }

            journal.SaveSeen(rules.Name, incoming.MessageId, now, duplicates.Window);
        }

        var isScheduled = incoming.ScheduledFor > now;
        var enqueuedAt = isScheduled ? incoming.ScheduledFor!.Value : now;
        var life = rules.Shorter(incoming.TimeToLive);
        var message = new QueuedMessage(incoming.MessageId, incoming.Content.WithLife(enqueuedAt, life))
        {
            RowId = journal.NextRowId(),
            SessionId = incoming.SessionId,
            SequenceNumber = number,
            EnqueuedSequenceNumber = number,
            EnqueuedAt = enqueuedAt,
            ScheduledFor = incoming.ScheduledFor,
            TimeToLive = life,
            State = isScheduled ? MessageState.Scheduled : MessageState.Active,
        };
        Place(message, now);
        journal.Save(rules.Name, message);
        return number;
    }

    /// <summary>Takes in a message that left another queue: its row in the journal moves, so that it is never in both or neither.</summary>
    public void TakeIn(QueuedMessage message, bool keepNumber, DateTimeOffset now)
    {
        var enqueuedAt = keepNumber ? message.EnqueuedAt : now;
        var life = keepNumber ? message.TimeToLive : rules.Shorter(message.TimeToLive);
        var moved = new QueuedMessage(message.MessageId, message.Content.WithLife(enqueuedAt, life))
        {
            RowId = message.RowId,
            SessionId = message.SessionId,
            SequenceNumber = keepNumber ? message.SequenceNumber : contents.NextNumber(),
            EnqueuedSequenceNumber = message.EnqueuedSequenceNumber,
            EnqueuedAt = enqueuedAt,
            TimeToLive = life,
            DeliveryCount = message.DeliveryCount,
            DeadLetterSource = message.DeadLetterSource,
        };
        Place(moved, now);
        journal.Save(rules.Name, moved);
    }

    /// <summary>Puts a message among the others, by its state.</summary>
    public void Place(QueuedMessage message, DateTimeOffset now)
    {
        contents.Add(message);
        if (message.State == MessageState.Scheduled)
        {
            due.AddSchedule(message);
            return;
        }

        due.StartLife(message);
        if (message.State == MessageState.Active)
        {
            deliveries.MakeAvailable(message, returned: false, now);
        }
    }

    /// <summary>A scheduled message has come due.</summary>
    public void Activate(QueuedMessage message, DateTimeOffset now)
    {
        contents.Activate(message);
        journal.Update(rules.Name, message);
        due.StartLife(message);
        deliveries.MakeAvailable(message, returned: false, now);
    }
}
