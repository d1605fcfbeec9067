using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Conditional;

/// <summary>
/// "Where status = X set Y" on one row, by its version. Where another writer was faster, the condition is put to what stands there now; the change
/// is never laid over a row that it was not decided on.
/// </summary>
/// <remarks>
/// A reply that is lost is recognised as the update's own write (law 5). Where the store stays unreachable after that, the caller is told by
/// <see cref="StoreUnavailableException"/> and may ask again: if the lost write had landed, the condition fails then, and the current row says so.
/// </remarks>
/// <param name="writer">The store, through the writer that knows its own writes.</param>
public sealed class ConditionalUpdate(RowWriter writer)
{
    /// <summary>How often a change is decided again when the row changes under it: 10 times.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Sets columns of a row where one column has a certain value; the other columns stay.</summary>
    /// <param name="address">The row.</param>
    /// <param name="column">The column that is compared.</param>
    /// <param name="expected">What it must be.</param>
    /// <param name="set">The columns that change.</param>
    /// <param name="cancellationToken">Stops waiting; the write may have happened.</param>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable; the write may have happened.</exception>
    public Task<ConditionalOutcome> UpdateAsync(RowAddress address, string column, object expected, IReadOnlyDictionary<string, object> set, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(column);
        ArgumentNullException.ThrowIfNull(set);
        return UpdateAsync(
            address,
            (row, _) =>
            {
                if (!row.Values.TryGetValue(column, out var value) || !AreEqual(value, expected))
                {
                    return Task.FromResult<ConditionalChange?>(null);
                }

                var values = new Dictionary<string, object>(row.Values);
                foreach (var (name, next) in set)
                {
                    values[name] = next;
                }

                return Task.FromResult<ConditionalChange?>(new ConditionalChange(values));
            },
            cancellationToken);
    }

    /// <summary>Changes a row where a decision about it says so.</summary>
    /// <param name="address">The row.</param>
    /// <param name="decide">Looks at the row and answers with the change, or with null where the condition does not hold. It is asked again about every newer row.</param>
    /// <param name="cancellationToken">Stops waiting; the write may have happened.</param>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable; the write may have happened.</exception>
    public async Task<ConditionalOutcome> UpdateAsync(RowAddress address, Func<Row, CancellationToken, Task<ConditionalChange?>> decide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decide);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // Read afresh each time: where a row beside it was refused, the refusal brings no row along.
            if (await writer.Store.ReadAsync(address, cancellationToken) is not { } row)
            {
                return new ConditionalOutcome.NotFound();
            }

            if (await decide(row, cancellationToken) is not { } change)
            {
                return new ConditionalOutcome.ConditionFailed(row);
            }

            if (await writer.WriteAsync(address.Partition, [RowWrite.Replace(address.RowKey, change.Values, row.ETag), .. change.Beside], cancellationToken) is CommitOutcome.Written written)
            {
                return new ConditionalOutcome.Updated(new Row(address, written.GuardETag!, change.Values));
            }
        }

        return new ConditionalOutcome.Contended(MaxAttempts);
    }

    // As a store compares them: whole numbers by their value, binary by its bytes.
    private static bool AreEqual(object value, object expected) => (value, expected) switch
    {
        (int number, long other) => number == other,
        (long number, int other) => number == other,
        (byte[] bytes, byte[] others) => bytes.AsSpan().SequenceEqual(others),
        _ => Equals(value, expected),
    };
}
