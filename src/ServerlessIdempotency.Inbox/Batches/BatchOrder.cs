using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>In which order messages are applied, so that those of one partition meet in few transactions and those of one session keep their order.</summary>
internal static class BatchOrder
{
    public static IReadOnlyList<BatchMessage> Of(IReadOnlyList<BatchMessage> messages)
    {
        var known = messages.Where(message => message.Outcome is null && message.Fault is null);
        var crossing = known.Where(message => message.Session is not null).GroupBy(message => message.Session).Any(session => session.DistinctBy(PartitionOf).Skip(1).Any());

        // Ordering is stable. A fault has no partition and must keep its place in its session.
        return crossing || messages.Any(message => message.Fault is not null && message.Session is not null)
            ? messages
            : [.. messages.GroupBy(PartitionOf).SelectMany(partition => partition)];
    }

    private static PartitionAddress PartitionOf(BatchMessage message) => message.Address.Partition;
}
