using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Rows;

/// <summary>
/// Sends guarded transactions and recognises its own writes (law 5). Each logical write stamps a fresh operation id on the transaction's
/// first row, the guard. After a conflict or an unclear failure the guard is read back: our id means that the write happened; an
/// unchanged guard means that it did not, and it is sent again; anything else means that somebody else was first.
/// </summary>
/// <remarks>
/// A transaction is applied whole or not at all, so the guard row speaks for every row of it. A resend carries the same id: if the lost
/// attempt still arrives, whichever comes second is refused and recognised.
/// </remarks>
/// <param name="store">The store to write to.</param>
/// <param name="options">How often and how fast to resend.</param>
/// <param name="timeProvider">The clock that pauses are taken from.</param>
/// <exception cref="ArgumentException">A setting is out of range.</exception>
public sealed class RowWriter(IRowStore store, RowWriterOptions options, TimeProvider timeProvider)
{
    private readonly RowWriterOptions _options = Valid(options);

    /// <summary>The store that this writer writes to, for reads.</summary>
    public IRowStore Store { get; } = store;

    /// <summary>How long a write that is not answered may take.</summary>
    internal TimeSpan Timeout => _options.Timeout;

    /// <summary>Writes all rows, or none.</summary>
    /// <param name="partition">The partition of every row.</param>
    /// <param name="writes">The writes; the first is the guard and is stamped with the operation id.</param>
    /// <param name="cancellationToken">Stops waiting; the write may have happened.</param>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable; the write may have happened.</exception>
    public async Task<CommitOutcome> WriteAsync(PartitionAddress partition, IReadOnlyList<RowWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentOutOfRangeException.ThrowIfZero(writes.Count, nameof(writes));

        var operationId = Guid.NewGuid().ToString("N");
        var transaction = new RowTransaction(partition, Stamp(writes, operationId));
        var guard = transaction.Writes[0];

        var begun = timeProvider.GetTimestamp();
        for (var resends = 0; ; resends++)
        {
            var sent = timeProvider.GetTimestamp();
            StoreUnavailableException? failure = null;
            try
            {
                switch (await Store.WriteAsync(transaction, cancellationToken))
                {
                    case WriteOutcome.Applied applied:
                        return new CommitOutcome.Written(applied.ETags[0]);

                    // The guard held, so no attempt of ours was applied before this one: a business row is in the way.
                    case WriteOutcome.Refused { Index: > 0 } refused:
                        return new CommitOutcome.Refused(refused.Index, refused.Reason, Current: null);

                    case WriteOutcome.Refused refused:
                        var current = await Store.ReadAsync(partition.Row(guard.RowKey), cancellationToken);
                        switch (Judge(guard, operationId, current))
                        {
                            case Fate.Happened:
                                return new CommitOutcome.Written(current?.ETag);
                            case Fate.Superseded:
                                return new CommitOutcome.Refused(0, refused.Reason, current);
                            case Fate.Unchanged when refused.Index is null:
                                // The guard would have held: some other row was refused, and the store could not say which.
                                return new CommitOutcome.Refused(null, refused.Reason, Current: null);
                        }

                        break;
                }
            }
            catch (StoreUnavailableException exception)
            {
                failure = exception;
            }

            if (failure is not null)
            {
                var (known, outcome) = await TryReadBackAsync(partition, guard, operationId, cancellationToken);
                if (outcome is not null)
                {
                    return outcome;
                }

                if (resends == _options.MaxResends || !HasTimeForAnother(begun, sent))
                {
                    failure = known
                        ? failure
                        : new StoreUnavailableException($"The write to {partition} got no clear answer, and reading it back failed too: it may have happened. {failure.Message}", failure);
                    failure.Begun = begun;
                    throw failure;
                }
            }
            else if (resends == _options.MaxResends || !HasTimeForAnother(begun, sent))
            {
                throw new StoreUnavailableException($"The write to {partition} was refused {resends + 1} times although its guard row was unchanged.") { Begun = begun };
            }

            await Task.Delay(_options.ResendDelay * (1 << resends), timeProvider, cancellationToken);
        }
    }

    private static RowWriterOptions Valid(RowWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        return options;
    }

    // A store that hangs takes as long each time as its own time-out lets it.
    private bool HasTimeForAnother(long begun, long sent) => timeProvider.GetElapsedTime(begun) + timeProvider.GetElapsedTime(sent) <= _options.Timeout;

    private async Task<(bool Known, CommitOutcome? Outcome)> TryReadBackAsync(PartitionAddress partition, RowWrite guard, string operationId, CancellationToken cancellationToken)
    {
        try
        {
            var current = await Store.ReadAsync(partition.Row(guard.RowKey), cancellationToken);
            return (true, Judge(guard, operationId, current) switch
            {
                Fate.Happened => new CommitOutcome.Written(current?.ETag),
                Fate.Superseded => new CommitOutcome.Refused(0, guard is RowWrite.InsertRow ? RefusalReason.AlreadyExists : current is null ? RefusalReason.Missing : RefusalReason.Stale, current),
                _ => null,
            });
        }
        catch (StoreUnavailableException)
        {
            return (false, null);
        }
    }

    private static Fate Judge(RowWrite guard, string operationId, Row? current) => guard switch
    {
        // A delete leaves no trace to recognise; that the row is gone is all that was wanted.
        RowWrite.DeleteRow when current is null => Fate.Happened,
        RowWrite.DeleteRow delete => current.ETag == delete.ETag ? Fate.Unchanged : Fate.Superseded,
        _ when current?.GetString(RowColumns.OperationId) == operationId => Fate.Happened,
        RowWrite.InsertRow => current is null ? Fate.Unchanged : Fate.Superseded,
        RowWrite.ReplaceRow replace => current?.ETag == replace.ETag ? Fate.Unchanged : Fate.Superseded,
        _ => throw new NotSupportedException($"Unknown write {guard.GetType().Name}."),
    };

    private static RowWrite[] Stamp(IReadOnlyList<RowWrite> writes, string operationId)
    {
        var stamped = writes.ToArray();
        stamped[0] = writes[0] switch
        {
            RowWrite.InsertRow insert => insert with { Values = Stamp(insert.Values, operationId) },
            RowWrite.ReplaceRow replace => replace with { Values = Stamp(replace.Values, operationId) },
            var delete => delete,
        };
        return stamped;
    }

    private static Dictionary<string, object> Stamp(IReadOnlyDictionary<string, object> values, string operationId) =>
        new(values) { [RowColumns.OperationId] = operationId };

    private enum Fate
    {
        Happened,
        Unchanged,
        Superseded,
    }
}
