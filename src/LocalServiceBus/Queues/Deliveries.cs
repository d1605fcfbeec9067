namespace LocalServiceBus.Queues;

/// <summary>Brings messages that can be received and consumers with credit together: one after another in turn, or session by session.</summary>
internal sealed class Deliveries(QueueRules rules, MessageLocks locks, QueueSessions sessions, Departures departures)
{
    private readonly LinkedList<QueuedMessage> _available = new();
    private readonly LinkedList<QueueConsumer> _round = new();

    /// <summary>Lets a message be received.</summary>
    /// <param name="message">The message.</param>
    /// <param name="returned">Whether it was out before, and so belongs near the head.</param>
    /// <param name="now">The present moment.</param>
    public void MakeAvailable(QueuedMessage message, bool returned, DateTimeOffset now)
    {
        var session = rules.HasSessions ? sessions.GetOrAdd(message.SessionId!) : null;
        var list = session?.Available ?? _available;
        if (returned)
        {
            MessageOrder.InsertFromHead(list, message.Place);
        }
        else
        {
            MessageOrder.InsertFromTail(list, message.Place);
        }

        if (session is not null)
        {
            Offer(session, now);
        }
    }

    /// <summary>Delivers a session's messages to its holder, or lets it wait for one.</summary>
    public void Offer(MessageSession session, DateTimeOffset now)
    {
        DeliverSession(session, now);
        sessions.Offer(session);
    }

    public void Hold(MessageSession session, QueueConsumer consumer, DateTimeOffset now)
    {
        sessions.Hold(session, consumer, now);
        DeliverSession(session, now);
    }

    /// <summary>The consumer's credit has changed.</summary>
    public void JoinRound(QueueConsumer consumer, DateTimeOffset now)
    {
        if (consumer.Session is { } session)
        {
            DeliverSession(session, now);
        }
        else if (!rules.HasSessions && consumer.Credit > 0 && consumer.Turn.List is null)
        {
            _round.AddLast(consumer.Turn);
        }
        else if (consumer.Credit == 0)
        {
            LeaveRound(consumer);
        }
    }

    public static void LeaveRound(QueueConsumer consumer) => consumer.Turn.List?.Remove(consumer.Turn);

    /// <summary>Delivers whatever can be delivered.</summary>
    public void DeliverAll(DateTimeOffset now)
    {
        while (sessions.TryMatch(out var session, out var consumer))
        {
            Hold(session, consumer, now);
        }

        while (_available.First is { } first && _round.First is { } turn)
        {
            var consumer = turn.Value;
            _round.Remove(turn);
            if (consumer.IsHeldUp)
            {
                continue; // and joins the round again when it resumes
            }

            Deliver(first.Value, consumer, now);
            if (consumer.Credit > 0)
            {
                _round.AddLast(turn);
            }
        }
    }

    private void DeliverSession(MessageSession session, DateTimeOffset now)
    {
        while (session.Holder is { Credit: > 0 } holder && session.Available.First is { } first && !holder.IsHeldUp)
        {
            Deliver(first.Value, holder, now);
        }
    }

    private void Deliver(QueuedMessage message, QueueConsumer consumer, DateTimeOffset now)
    {
        consumer.Credit--;
        consumer.DeliveryCount++;
        message.Place.List!.Remove(message.Place);
        if (consumer.TakesAndDeletes)
        {
            consumer.OnMessage(message);
            departures.Remove(message);
        }
        else
        {
            locks.Lock(message, consumer, now);
            consumer.OnMessage(message);
        }
    }
}
