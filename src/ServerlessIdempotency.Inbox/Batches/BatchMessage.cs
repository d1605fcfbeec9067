using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>A message of a batch and what is known of it so far.</summary>
internal sealed class BatchMessage
{
    public BatchMessage(InboxDelivery delivery, EventIdentity identity, Func<InboxDelivery, PartitionAddress> partitionOf)
    {
        Delivery = delivery;
        if (identity is not EventIdentity.Known known)
        {
            Outcome = ((EventIdentity.Unknown)identity).Rejection;
            return;
        }

        Identity = known;
        try
        {
            Address = partitionOf(delivery).Row(ProcessedEvent.RowKey(delivery, known.EventId));
        }
        catch (Exception exception)
        {
            // Its own fault, told at its turn: those before it in its session are not to wait.
            Fault = exception;
        }
    }

    public InboxDelivery Delivery { get; private set; }

    /// <summary>Who the event is; null where the message has its outcome already.</summary>
    public EventIdentity.Known? Identity { get; }

    /// <summary>The mark that it was applied.</summary>
    public RowAddress Address { get; }

    public Exception? Fault { get; }

    public InboxOutcome? Outcome { get; set; }

    /// <summary>The mark as it was read: none, or an expired one.</summary>
    public Row? Mark { get; set; }

    public bool IsLookedUp { get; set; }

    /// <summary>It is applied in a transaction of its own.</summary>
    public bool IsAlone { get; set; }

    /// <summary>No message before it shares its transaction.</summary>
    public bool BeginsTransaction { get; set; }

    /// <summary>Its place in the order in which messages are applied.</summary>
    public int Place { get; set; }

    public string? Session => Delivery.Message.SessionId;

    public bool Failed => Outcome is InboxOutcome.Failed or InboxOutcome.HeldBack;

    public void SuspectDuplicate() => Delivery = Delivery with { LikelyDuplicate = true };
}
