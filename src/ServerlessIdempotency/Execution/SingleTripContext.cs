using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>What a single-trip handler is told about the operation that it executes.</summary>
public sealed class SingleTripContext
{
    internal SingleTripContext(Operation operation, PartitionAddress partition, string operationHash, DateTimeOffset startedAt, int attempt)
    {
        Operation = operation;
        Partition = partition;
        OperationHash = operationHash;
        StartedAt = startedAt;
        Attempt = attempt;
    }

    /// <summary>The operation that is executed.</summary>
    public Operation Operation { get; }

    /// <summary>The partition of the record: the rows belong here.</summary>
    public PartitionAddress Partition { get; }

    /// <summary>The name of this run, 43 characters of base64url; only the run that commits leaves it behind, so ids of rows may be made of it.</summary>
    public string OperationHash { get; }

    /// <summary>When this run began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Which run of this call it is, from 1; above 1 the rows had changed since the last run read them.</summary>
    public int Attempt { get; }
}
