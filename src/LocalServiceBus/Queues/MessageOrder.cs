namespace LocalServiceBus.Queues;

/// <summary>Lists in the order of sequence numbers. Most insertions are at an end, so the walks are short.</summary>
internal static class MessageOrder
{
    /// <summary>A message that comes back was near the head, so look for its place from there.</summary>
    public static void InsertFromHead(LinkedList<QueuedMessage> list, LinkedListNode<QueuedMessage> node)
    {
        var next = list.First;
        while (next is not null && next.Value.SequenceNumber < node.Value.SequenceNumber)
        {
            next = next.Next;
        }

        if (next is null)
        {
            list.AddLast(node);
        }
        else
        {
            list.AddBefore(next, node);
        }
    }

    /// <summary>A message that arrives belongs near the tail, so look for its place from there.</summary>
    public static void InsertFromTail(LinkedList<QueuedMessage> list, LinkedListNode<QueuedMessage> node)
    {
        var previous = list.Last;
        while (previous is not null && previous.Value.SequenceNumber > node.Value.SequenceNumber)
        {
            previous = previous.Previous;
        }

        if (previous is null)
        {
            list.AddFirst(node);
        }
        else
        {
            list.AddAfter(previous, node);
        }
    }
}
