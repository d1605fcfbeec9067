using LocalServiceBus.Configuration;

namespace LocalServiceBus.Queues;

/// <summary>
/// The rules of one queue: order, locks, sessions, duplicates, schedules, expiry and dead-lettering. It knows no wire.
/// Every operation first brings the queue up to the present moment, so the timer only matters while nobody asks.
/// </summary>
/// <remarks>
/// Longer than a type should be, because everything here shares one lock: whoever reads a rule sees all that it can race with.
/// The receiving half is in <c>MessageQueue.Receiving.cs</c>, the passing of time in <c>MessageQueue.Clock.cs</c>.
/// </remarks>
internal sealed partial class MessageQueue : IDisposable
{
    public const string DeadLetterSuffix = "/$deadletterqueue";

    private readonly Lock _gate = new();
    private readonly QueueOptions _options;
    private readonly IQueueJournal _journal;
    private readonly TimeProvider _time;
    private readonly DuplicateHistory? _duplicates;

    private readonly LinkedList<QueuedMessage> _all = new();
    private readonly LinkedList<QueuedMessage> _available = new();
    private readonly Dictionary<long, QueuedMessage> _deferred = [];
    private readonly Dictionary<long, QueuedMessage> _scheduled = [];
    private readonly List<QueuedMessage> _leaving = [];
    private long _lastSequenceNumber;

    public MessageQueue(QueueOptions options, IQueueJournal journal, TimeProvider time, bool isDeadLetterQueue = false)
    {
        _options = options;
        _journal = journal;
        _time = time;
        IsDeadLetterQueue = isDeadLetterQueue;
        Name = isDeadLetterQueue ? options.Name + DeadLetterSuffix : options.Name;
        if (!isDeadLetterQueue && options.RequiresDuplicateDetection)
        {
            _duplicates = new DuplicateHistory(options.DuplicateDetectionHistoryTimeWindow);
        }

        _timer = time.CreateTimer(static state => ((MessageQueue)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name { get; }

    public bool IsDeadLetterQueue { get; }

    /// <summary>The dead-letter queue of a queue of sessions has none: its messages are taken one by one.</summary>
    public bool HasSessions => _options.RequiresSession && !IsDeadLetterQueue;

    /// <summary>Where dead letters go. Set once, before the first message.</summary>
    public MessageQueue? DeadLetters { get; set; }

    public IQueueJournal Journal => _journal;

    public QueueCounts Count()
    {
        using var turn = Enter();
        return new QueueCounts(_all.Count - _deferred.Count - _scheduled.Count, _scheduled.Count, _deferred.Count);
    }

    /// <summary>Takes the messages in, all or none. A duplicate is taken and dropped, as the service does.</summary>
    public QueueError Send(ReadOnlySpan<NewMessage> messages, Span<long> sequenceNumbers = default)
    {
        using var turn = Enter();
        if (HasSessions)
        {
            foreach (var message in messages)
            {
                if (message.SessionId is null)
                {
                    return QueueError.SessionIdMissing;
                }
            }
        }

        for (var i = 0; i < messages.Length; i++)
        {
            var sequenceNumber = Add(messages[i], turn.Now);
            if (!sequenceNumbers.IsEmpty)
            {
                sequenceNumbers[i] = sequenceNumber;
            }
        }

        return QueueError.None;
    }

    /// <summary>All or none: a number that is not of a scheduled message cancels nothing.</summary>
    public QueueError CancelScheduled(ReadOnlySpan<long> sequenceNumbers)
    {
        using var turn = Enter();
        foreach (var number in sequenceNumbers)
        {
            if (!_scheduled.ContainsKey(number))
            {
                return QueueError.MessageNotFound;
            }
        }

        foreach (var number in sequenceNumbers)
        {
            if (_scheduled.TryGetValue(number, out var message))
            {
                Remove(message);
            }
        }

        return QueueError.None;
    }

    /// <summary>Shows messages in order, of any state, without locking them.</summary>
    public void Peek(long fromSequenceNumber, int maxCount, string? sessionId, Action<QueuedMessage> show)
    {
        using var turn = Enter();
        for (var node = _all.First; node is not null && maxCount > 0; node = node.Next)
        {
            if (node.Value.SequenceNumber >= fromSequenceNumber && (sessionId is null || node.Value.SessionId == sessionId))
            {
                show(node.Value);
                maxCount--;
            }
        }
    }

    /// <summary>Deletes up to a number of the oldest unlocked active messages that came before a moment.</summary>
    public int DeleteBefore(DateTimeOffset enqueuedBefore, int maxCount)
    {
        using var turn = Enter();
        var deleted = 0;
        for (var node = _all.First; node is not null && deleted < maxCount;)
        {
            var message = node.Value;
            node = node.Next;
            if (message.State == MessageState.Active && !message.IsLocked && message.EnqueuedAt < enqueuedBefore)
            {
                Remove(message);
                deleted++;
            }
        }

        return deleted;
    }

    /// <summary>Takes an unlocked message out by number and hands it to another queue as if sent anew, duplicate detection aside.</summary>
    public bool TryResubmit(long sequenceNumber, MessageQueue target, Func<MessageContent, MessageContent> change)
    {
        QueuedMessage? found = null;
        using (Enter())
        {
            for (var node = _all.First; node is not null; node = node.Next)
            {
                if (node.Value.SequenceNumber == sequenceNumber && !node.Value.IsLocked)
                {
                    found = node.Value;
                    break;
                }
            }

            if (found is null)
            {
                return false;
            }

            Unlink(found);
        }

        found.Content = change(found.Content);
        found.DeliveryCount = 0;
        found.DeadLetterSource = null;
        target.TakeIn(found, keepNumber: false);
        return true;
    }

    /// <summary>Puts back what the journal kept, in any order, before the first client comes.</summary>
    public void Restore(QueuedMessage message)
    {
        if (HasSessions && message.SessionId is null)
        {
            throw new LocalServiceBusException($"The queue '{Name}' requires sessions now, but it has a message without a session id from before. Name another data folder.");
        }

        using var turn = Enter();
        _lastSequenceNumber = Math.Max(_lastSequenceNumber, message.SequenceNumber);
        MessageOrder.InsertFromTail(_all, message.InQueue);
        switch (message.State)
        {
            case MessageState.Scheduled:
                _scheduled.Add(message.SequenceNumber, message);
                _due.Add(new DueMessage(message.ScheduledFor!.Value, message.SequenceNumber, message));
                break;
            case MessageState.Deferred:
                _deferred.Add(message.SequenceNumber, message);
                StartLife(message);
                break;
            default:
                StartLife(message);
                MakeAvailable(message, returned: false);
                break;
        }
    }

    public void RestoreSequence(long lastSequenceNumber)
    {
        using var turn = Enter();
        _lastSequenceNumber = Math.Max(_lastSequenceNumber, lastSequenceNumber);
    }

    public void RestoreSessionState(string sessionId, byte[] state)
    {
        using var turn = Enter();
        SessionNamed(sessionId).State = state;
    }

    /// <summary>Names the moment before which what was seen does not matter any more.</summary>
    public void ForgetSeenBefore(DateTimeOffset now, Action<DateTimeOffset> forget) => forget(now - (_duplicates?.Window ?? TimeSpan.Zero));

    public void RestoreSeen(string messageId, DateTimeOffset seenAt) => _duplicates?.TryAdd(messageId, seenAt);

    public void Dispose() => _timer.Dispose();

    private long Add(NewMessage incoming, DateTimeOffset now)
    {
        var number = ++_lastSequenceNumber;
        if (_duplicates is not null)
        {
            if (!_duplicates.TryAdd(incoming.MessageId, now))
            {
                return number;
            }

            _journal.SaveSeen(Name, incoming.MessageId, now, _duplicates.Window);
        }

        var isScheduled = incoming.ScheduledFor > now;
        var message = new QueuedMessage(incoming.MessageId, incoming.Content)
        {
            RowId = _journal.NextRowId(),
            SessionId = incoming.SessionId,
            SequenceNumber = number,
            EnqueuedSequenceNumber = number,
            EnqueuedAt = isScheduled ? incoming.ScheduledFor!.Value : now,
            ScheduledFor = incoming.ScheduledFor,
            TimeToLive = Shorter(incoming.TimeToLive),
            State = isScheduled ? MessageState.Scheduled : MessageState.Active,
        };
        MessageOrder.InsertFromTail(_all, message.InQueue);
        if (isScheduled)
        {
            _scheduled.Add(number, message);
            _due.Add(new DueMessage(message.ScheduledFor!.Value, number, message));
        }
        else
        {
            StartLife(message);
            MakeAvailable(message, returned: false);
        }

        _journal.Save(Name, message);
        return number;
    }

    /// <summary>Takes in a message that left another queue: its row in the journal moves, so that it is never in both or neither.</summary>
    private void TakeIn(QueuedMessage message, bool keepNumber)
    {
        using var turn = Enter();
        var moved = new QueuedMessage(message.MessageId, message.Content)
        {
            RowId = message.RowId,
            SessionId = message.SessionId,
            SequenceNumber = keepNumber ? message.SequenceNumber : ++_lastSequenceNumber,
            EnqueuedSequenceNumber = message.EnqueuedSequenceNumber,
            EnqueuedAt = keepNumber ? message.EnqueuedAt : turn.Now,
            TimeToLive = keepNumber ? message.TimeToLive : Shorter(message.TimeToLive),
            DeliveryCount = message.DeliveryCount,
            DeadLetterSource = message.DeadLetterSource,
        };
        _lastSequenceNumber = Math.Max(_lastSequenceNumber, moved.SequenceNumber);
        MessageOrder.InsertFromTail(_all, moved.InQueue);
        StartLife(moved);
        MakeAvailable(moved, returned: false);
        _journal.Save(Name, moved);
    }

    private TimeSpan? Shorter(TimeSpan? ownTimeToLive)
    {
        var longest = _options.DefaultMessageTimeToLive;
        if (IsDeadLetterQueue || longest == TimeSpan.MaxValue)
        {
            return ownTimeToLive;
        }

        return ownTimeToLive < longest ? ownTimeToLive : longest;
    }

    /// <summary>Ends the message's stay here without a trace in the journal: it goes elsewhere.</summary>
    private void Unlink(QueuedMessage message)
    {
        _all.Remove(message.InQueue);
        message.Place.List?.Remove(message.Place);
        _deferred.Remove(message.SequenceNumber);
        _scheduled.Remove(message.SequenceNumber);
        if (message.State == MessageState.Scheduled)
        {
            _due.Remove(new DueMessage(message.ScheduledFor!.Value, message.SequenceNumber, message));
        }
        else if (message.ExpiresAt is { } expiresAt)
        {
            _due.Remove(new DueMessage(expiresAt, message.SequenceNumber, message));
        }

        Unlock(message);
        if (message.SessionId is not null && HasSessions && _sessions.TryGetValue(message.SessionId, out var session))
        {
            ForgetIfIdle(session);
        }
    }

    private void Remove(QueuedMessage message)
    {
        Unlink(message);
        _journal.Remove(message);
    }

    private void MoveToDeadLetters(QueuedMessage message, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        Unlink(message);
        var properties = changes is null ? [] : new Dictionary<string, object?>(changes, StringComparer.Ordinal);
        if (reason is not null)
        {
            properties[DeadLetterProperties.Reason] = reason;
        }

        if (description is not null)
        {
            properties[DeadLetterProperties.Description] = description;
        }

        if (properties.Count > 0)
        {
            message.Content = message.Content.With(properties);
        }

        // Handed over when this queue's lock is free again: two queues that forward to each other would else deadlock.
        _leaving.Add(message);
    }

    private Turn Enter() => new(this);

    /// <summary>One operation: brings the queue to the present, then delivers what became deliverable and arms the timer.</summary>
    private readonly ref struct Turn
    {
        private readonly MessageQueue _queue;

        public Turn(MessageQueue queue)
        {
            _queue = queue;
            queue._gate.Enter();
            Now = queue._time.GetUtcNow();
            queue.CatchUp(Now);
        }

        public DateTimeOffset Now { get; }

        public void Dispose()
        {
            QueuedMessage[] leaving = [];
            try
            {
                _queue.Deliver(Now);
                _queue.ArmTimer(Now);
                if (_queue._leaving.Count > 0)
                {
                    leaving = [.. _queue._leaving];
                    _queue._leaving.Clear();
                }
            }
            finally
            {
                _queue._gate.Exit();
            }

            foreach (var message in leaving)
            {
                var target = _queue.DeadLetters!;
                if (!target.IsDeadLetterQueue)
                {
                    // It is a new message there: deliveries that failed here don't use up those of that queue.
                    message.DeadLetterSource = _queue.Name;
                    message.DeliveryCount = 0;
                }

                target.TakeIn(message, keepNumber: target.IsDeadLetterQueue);
            }
        }
    }
}
