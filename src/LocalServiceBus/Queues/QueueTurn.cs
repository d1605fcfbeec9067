namespace LocalServiceBus.Queues;

/// <summary>One operation under the queue's lock: brings the queue to the present, and at its end delivers what became deliverable and arms the timer.</summary>
internal readonly ref struct QueueTurn
{
    private readonly QueueParts _queue;

    public QueueTurn(QueueParts queue, bool isTimer = false)
    {
        _queue = queue;
        queue.Gate.Enter();
        Now = queue.Time.GetUtcNow();
        if (isTimer)
        {
            queue.Timer.Fired();
        }

        queue.Clock.CatchUp(Now);
    }

    public DateTimeOffset Now { get; }

    public void Dispose()
    {
        QueuedMessage[] deadLetters = [];
        try
        {
            _queue.Deliveries.DeliverAll(Now);
            _queue.Timer.Arm(_queue.Clock.Next, Now);
            deadLetters = _queue.Departures.TakeDeadLetters();
        }
        finally
        {
            _queue.Gate.Exit();
        }

        foreach (var message in deadLetters)
        {
            HandOver(message, _queue.DeadLetters!);
        }
    }

    private void HandOver(QueuedMessage message, QueueParts target)
    {
        if (!target.Rules.IsDeadLetterQueue)
        {
            // It is a new message there: deliveries that failed here don't use up those of that queue.
            message.DeadLetterSource = _queue.Rules.Name;
            message.DeliveryCount = 0;
        }

        using var turn = new QueueTurn(target);
        target.Arrivals.TakeIn(message, keepNumber: target.Rules.IsDeadLetterQueue, turn.Now);
    }
}
