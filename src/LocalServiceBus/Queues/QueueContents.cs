using System.Diagnostics.CodeAnalysis;

namespace LocalServiceBus.Queues;

/// <summary>Everything in the queue in the order of sequence numbers, whatever its state, and the numbers that are given.</summary>
internal sealed class QueueContents
{
    private readonly LinkedList<QueuedMessage> _all = new();
    private readonly Dictionary<long, QueuedMessage> _deferred = [];
    private readonly Dictionary<long, QueuedMessage> _scheduled = [];
    private long _lastSequenceNumber;

    public QueueCounts Count => new(_all.Count - _deferred.Count - _scheduled.Count, _scheduled.Count, _deferred.Count);

    public long NextNumber() => ++_lastSequenceNumber;

    /// <summary>A number that was given before is never given again.</summary>
    public void KeepNumber(long sequenceNumber) => _lastSequenceNumber = Math.Max(_lastSequenceNumber, sequenceNumber);

    public void Add(QueuedMessage message)
    {
        KeepNumber(message.SequenceNumber);
        MessageOrder.InsertFromTail(_all, message.InQueue);
        IndexByState(message);
    }

    public void Remove(QueuedMessage message)
    {
        _all.Remove(message.InQueue);
        _deferred.Remove(message.SequenceNumber);
        _scheduled.Remove(message.SequenceNumber);
    }

    /// <summary>A scheduled message joins the end of the queue, with a new sequence number, as if sent now.</summary>
    public void Activate(QueuedMessage message)
    {
        Remove(message);
        message.SequenceNumber = NextNumber();
        message.State = MessageState.Active;
        message.EnqueuedAt = message.ScheduledFor!.Value;
        MessageOrder.InsertFromTail(_all, message.InQueue);
    }

    public void Defer(QueuedMessage message)
    {
        message.State = MessageState.Deferred;
        _deferred[message.SequenceNumber] = message;
    }

    public bool TryGetScheduled(long sequenceNumber, [NotNullWhen(true)] out QueuedMessage? message) => _scheduled.TryGetValue(sequenceNumber, out message);

    /// <summary>Finds a deferred message that nobody has received.</summary>
    public bool TryGetDeferred(long sequenceNumber, [NotNullWhen(true)] out QueuedMessage? message) => _deferred.TryGetValue(sequenceNumber, out message) && !message.IsLocked;

    /// <summary>All messages in order. What is yielded may be removed.</summary>
    public IEnumerable<QueuedMessage> InOrder()
    {
        for (var node = _all.First; node is not null;)
        {
            var next = node.Next;
            yield return node.Value;
            node = next;
        }
    }

    private void IndexByState(QueuedMessage message)
    {
        if (message.State == MessageState.Scheduled)
        {
            _scheduled.Add(message.SequenceNumber, message);
        }
        else if (message.State == MessageState.Deferred)
        {
            _deferred.Add(message.SequenceNumber, message);
        }
    }
}
