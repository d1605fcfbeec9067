using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>What a single-trip handler is told.</summary>
public sealed class InboxContext
{
    private readonly Func<string, CancellationToken, Task<Row?>> _read;
    private readonly EventIdentity.Known _identity;

    internal InboxContext(
        InboxDelivery delivery,
        EventIdentity.Known identity,
        PartitionAddress partition,
        string operationHash,
        DateTimeOffset appliedAt,
        int attempt,
        Func<string, CancellationToken, Task<Row?>> read)
    {
        Delivery = delivery;
        EventId = identity.EventId;
        CloudEvent = identity.CloudEvent;
        Partition = partition;
        OperationHash = operationHash;
        AppliedAt = appliedAt;
        Attempt = attempt;
        _read = read;
        _identity = identity;
    }

    /// <summary>The message and who applies it.</summary>
    public InboxDelivery Delivery { get; }

    /// <summary>The event's identity, the same for every copy of it.</summary>
    public EventId EventId { get; }

    /// <summary>The event, where the message is a CloudEvent.</summary>
    public CloudEvent? CloudEvent { get; }

    /// <summary>What the message says, as the mark of the event keeps it.</summary>
    internal Fingerprint Content => _identity.Content;

    /// <summary>What the message carries: the CloudEvent's data, else the body.</summary>
    public ReadOnlyMemory<byte> Payload => CloudEvent?.Data ?? Delivery.Message.Body;

    /// <summary>The partition that the rows belong to.</summary>
    public PartitionAddress Partition { get; }

    /// <summary>The name of this application of the event; only the attempt that commits leaves it behind.</summary>
    public string OperationHash { get; }

    /// <summary>The moment that the commit will carry.</summary>
    public DateTimeOffset AppliedAt { get; }

    /// <summary>Which run this is, from 1; above 1 the rows had changed since the last run read them.</summary>
    public int Attempt { get; }

    /// <summary>
    /// Reads a row of the partition as this event finds it: within a batch, as the events before it in the same transaction leave it. A row that was read by it may be
    /// written by every event of a batch in one transaction; one that was read elsewhere only once.
    /// </summary>
    /// <param name="rowKey">The row's key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The row, or null where there is none. Its version is good for this event's own decision only.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public Task<Row?> ReadAsync(string rowKey, CancellationToken cancellationToken) => _read(rowKey, cancellationToken);
}
