using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Administration;

/// <summary>A stored operation as people see it.</summary>
public sealed record OperationRecord
{
    internal OperationRecord(RowAddress address, string version, IdempotencyRecord record, OperationState state)
    {
        Address = address;
        Version = version;
        Record = record;
        State = state;
    }

    /// <summary>The row that holds it.</summary>
    public RowAddress Address { get; }

    /// <summary>Where it stands.</summary>
    public OperationState State { get; }

    /// <summary>The operation's name; null where an earlier version wrote the record.</summary>
    public string? Operation => Record.Origin?.Operation;

    /// <summary>The beginning of the principal's hash; null where an earlier version wrote the record.</summary>
    public string? PrincipalHash => Record.Origin?.PrincipalHash;

    /// <summary>The last four characters of the key; null where an earlier version wrote the record.</summary>
    public string? KeyEnd => Record.Origin?.KeyEnd;

    /// <summary>The instance whose claim it is or was; null where an earlier version wrote the record.</summary>
    public string? Instance => Record.Origin?.Instance;

    /// <summary>When the operation was first claimed.</summary>
    public DateTimeOffset StartedAt => Record.StartedAt;

    /// <summary>When its present claim was won.</summary>
    public DateTimeOffset ClaimedAt => Record.ClaimedAt;

    /// <summary>Until when that claim holds without a further sign of life.</summary>
    public DateTimeOffset LeaseUntil => Record.LeaseUntil;

    /// <summary>Which claim it is, from 1; a release counts too.</summary>
    public long Attempt => Record.Epoch;

    /// <summary>From when on it counts as gone; null where it does not expire.</summary>
    public DateTimeOffset? ExpiresAt => Record.ExpiresAt == IdempotencyRecord.Never ? null : Record.ExpiresAt;

    /// <summary>What the next attempt may do where this one ends without an answer.</summary>
    public CrashPolicy CrashPolicy => Record.CrashPolicy;

    /// <summary>What is known of an execution that ended without an answer.</summary>
    public string? Reason => Record.Reason;

    /// <summary>What callers get, where it is completed.</summary>
    public OperationResult? Result => Record.Result;

    internal string Version { get; }

    internal IdempotencyRecord Record { get; }
}
