using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>One logical operation, as a caller asks for it.</summary>
public sealed record Operation
{
    /// <summary>Who and what the key belongs to.</summary>
    public required OperationScope Scope { get; init; }

    /// <summary>The client's name for the operation.</summary>
    public required IdempotencyKey Key { get; init; }

    /// <summary>What the request means; the same key with another one is a mismatch.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>
    /// What an event says, where the fingerprint is its id: the same event with another content is a mismatch. Null where that is not known, and then the fingerprint alone
    /// decides, as it does for records of the version before, which have no content.
    /// </summary>
    internal Fingerprint? Content { get; init; }

    /// <summary>Where the record lives. Default <see cref="RecordPlacement.Standalone"/>.</summary>
    public RecordPlacement Placement { get; init; } = RecordPlacement.Standalone;

    /// <summary>
    /// The caller knows that this is a retry (a delivery count above one, a client's attempt number): the record is read first, which spares a refused
    /// insert. Correct either way. Default false.
    /// </summary>
    public bool LikelyRetry { get; init; }

    /// <summary>The handler will send messages, so the outbox is prepared beside the claim. Correct either way. Default false.</summary>
    public bool SendsMessages { get; init; }

    /// <summary>How long to wait for an execution that is already in progress. Default zero: answer at once.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The lease of this operation. Default <see cref="IdempotencyOptions.Lease"/>, range 1 s to 1 h.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>The retention of this operation. Default <see cref="IdempotencyOptions.Retention"/>, range 1 min to 400 days.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How long one execution of this operation may take. Default <see cref="IdempotencyOptions.MaxExecution"/>, range 1 s to 1 day.</summary>
    public TimeSpan? MaxExecution { get; init; }

    /// <summary>What the next attempt may do when an execution ended without an answer. Default <see cref="CrashPolicy.Rerun"/>.</summary>
    public CrashPolicy CrashPolicy { get; init; }

    /// <summary>Asks what became of such an execution: needed for <see cref="CrashPolicy.Probe"/>, and for no other.</summary>
    public Func<OperationContext, CancellationToken, Task<ProbeOutcome<HandlerOutcome<OperationResult>>>>? Probe { get; init; }

    internal void ThrowIfInvalid()
    {
        if (CrashPolicy == CrashPolicy.Probe != Probe is not null)
        {
            throw new ArgumentException("The operation's CrashPolicy is Probe exactly where it has a Probe: set both or neither.");
        }

        if (TimeFault(Lease, MaxExecution, Retention) is var (name, value, least, most))
        {
            throw new ArgumentException($"The operation's {name} is {value}: set it between {least} and {most}, or leave it out.");
        }
    }

    /// <summary>The first of an operation's times that is out of range; null where none is.</summary>
    internal static (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)? TimeFault(TimeSpan? lease, TimeSpan? maxExecution, TimeSpan? retention)
    {
        return Outside(nameof(MaxExecution), maxExecution, IdempotencyOptions.MinMaxExecution, IdempotencyOptions.MaxMaxExecution)
            ?? Outside(nameof(Lease), lease, IdempotencyOptions.MinLease, IdempotencyOptions.MaxLease)
            ?? Outside(nameof(Retention), retention, IdempotencyOptions.MinRetention, IdempotencyOptions.MaxRetention);

        static (string, TimeSpan, TimeSpan, TimeSpan)? Outside(string name, TimeSpan? value, TimeSpan least, TimeSpan most) =>
            value is { } given && (given < least || given > most) ? (name, given, least, most) : null;
    }
}
