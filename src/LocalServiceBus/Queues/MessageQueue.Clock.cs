namespace LocalServiceBus.Queues;

/// <summary>The passing of time: locks that lapse, schedules that come due, messages that expire.</summary>
internal sealed partial class MessageQueue
{
    private readonly ITimer _timer;

    // Schedules and ends of life, by moment. Message locks and session locks have lists of their own: all of a queue's
    // locks are equally long, so appending keeps those in the order of their ends.
    private readonly SortedSet<DueMessage> _due = [];
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    private void OnTimer()
    {
        using var turn = new Turn(this);
    }

    private void CatchUp(DateTimeOffset now)
    {
        if (_armedFor <= now)
        {
            _armedFor = DateTimeOffset.MaxValue;
        }

        while (_locked.First is { } oldest && oldest.Value.LockedUntil <= now)
        {
            GiveBack(oldest.Value, failed: true);
        }

        while (_heldSessions.First is { } held && held.Value.LockedUntil <= now)
        {
            var holder = held.Value.Holder!;
            ReleaseSession(held.Value, failed: true);
            holder.OnSessionLockLost();
        }

        while (_due.Count > 0 && _due.Min is var (at, _, message) && at <= now)
        {
            _due.Remove(_due.Min);
            if (message.State == MessageState.Scheduled)
            {
                Activate(message);
            }
            else if (!message.IsLocked)
            {
                Expire(message);
            }
        }

        if (_requests.Count > 0)
        {
            foreach (var late in _requests.FindAll(request => request.Deadline <= now))
            {
                _requests.Remove(late);
                late.Consumer.OnSessionRefused(QueueError.Timeout);
            }
        }
    }

    /// <summary>A scheduled message joins the end of the queue, with a new sequence number, as if sent now.</summary>
    private void Activate(QueuedMessage message)
    {
        _scheduled.Remove(message.SequenceNumber);
        _all.Remove(message.InQueue);
        message.SequenceNumber = ++_lastSequenceNumber;
        message.State = MessageState.Active;
        message.EnqueuedAt = message.ScheduledFor!.Value;
        MessageOrder.InsertFromTail(_all, message.InQueue);
        _journal.Update(Name, message);
        StartLife(message);
        MakeAvailable(message, returned: false);
    }

    private void StartLife(QueuedMessage message)
    {
        if (IsDeadLetterQueue || message.TimeToLive is not { } life || life >= DateTimeOffset.MaxValue - message.EnqueuedAt)
        {
            return;
        }

        message.ExpiresAt = message.EnqueuedAt + life;
        _due.Add(new DueMessage(message.ExpiresAt.Value, message.SequenceNumber, message));
    }

    private void Expire(QueuedMessage message)
    {
        if (_options.DeadLetteringOnMessageExpiration)
        {
            MoveToDeadLetters(message, "TTLExpiredException", "The message expired and was dead lettered.");
        }
        else
        {
            Remove(message);
        }
    }

    private void ArmTimer(DateTimeOffset now)
    {
        var next = DateTimeOffset.MaxValue;
        if (_locked.First is { } oldest)
        {
            next = oldest.Value.LockedUntil;
        }

        if (_heldSessions.First is { } held && held.Value.LockedUntil < next)
        {
            next = held.Value.LockedUntil;
        }

        if (_due.Count > 0 && _due.Min.At is var at && at < next)
        {
            next = at;
        }

        foreach (var request in _requests)
        {
            next = request.Deadline < next ? request.Deadline : next;
        }

        // A timer that fires too early only looks and arms again, so it is touched only when it would fire too late.
        if (next < _armedFor)
        {
            _armedFor = next;
            var wait = next > now ? next - now : TimeSpan.Zero; // what was restored may be overdue
            _timer.Change(wait < MaxWait ? wait : MaxWait, Timeout.InfiniteTimeSpan);
            if (wait >= MaxWait)
            {
                _armedFor = now + MaxWait;
            }
        }
    }

    // Timers take at most about 49 days.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);
}
