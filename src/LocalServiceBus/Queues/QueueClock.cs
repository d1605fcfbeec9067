namespace LocalServiceBus.Queues;

/// <summary>The passing of time: locks that lapse, schedules that come due, messages that expire, waits that end.</summary>
internal sealed class QueueClock(DueTimes due, MessageLocks locks, QueueSessions sessions, Arrivals arrivals, Departures departures, Settlements settlements)
{
    /// <summary>When next something happens by itself.</summary>
    public DateTimeOffset Next
    {
        get
        {
            var next = locks.NextEnd ?? DateTimeOffset.MaxValue;
            next = sessions.NextEnd is { } end && end < next ? end : next;
            return due.Next is { } at && at < next ? at : next;
        }
    }

    /// <summary>Does all that should have happened by now.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        while (locks.Lapsed(now) is { } message)
        {
            settlements.GiveBack(message, failed: true, now);
        }

        while (sessions.Lapsed(now) is { } session)
        {
            var holder = session.Holder!;
            settlements.ReleaseSession(session, failed: true, now);
            holder.OnSessionLockLost();
        }

        while (due.TakeNext(now) is { } message)
        {
            if (message.State == MessageState.Scheduled)
            {
                arrivals.Activate(message, now);
            }
            else if (!message.IsLocked)
            {
                departures.Expire(message);
            }
        }

        sessions.RefuseLate(now);
    }
}
