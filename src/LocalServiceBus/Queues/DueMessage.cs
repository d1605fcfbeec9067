namespace LocalServiceBus.Queues;

/// <summary>Something happens to the message at a moment. Ordered by the moment; the sequence number makes it unique.</summary>
internal readonly record struct DueMessage(DateTimeOffset At, long SequenceNumber, QueuedMessage Message) : IComparable<DueMessage>
{
    public int CompareTo(DueMessage other)
    {
        var byMoment = At.CompareTo(other.At);
        return byMoment != 0 ? byMoment : SequenceNumber.CompareTo(other.SequenceNumber);
    }
}
