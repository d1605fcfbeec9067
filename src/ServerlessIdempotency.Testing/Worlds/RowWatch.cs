using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>The run's rows: it knows every partition, and watches that no committed result is written over while it is to be replayed.</summary>
internal sealed class RowWatch(World world)
{
    private readonly HashSet<PartitionAddress> _partitions = [];
    private readonly Dictionary<RowAddress, DateTimeOffset> _committedUntil = [];
    private readonly HashSet<RowAddress> _refused = [];

    /// <exception cref="ArgumentException">No store takes one of the rows.</exception>
    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction)
    {
        Know(transaction.Partition);
        if (transaction.Writes.FirstOrDefault(write => _refused.Contains(transaction.Partition.Row(write.RowKey))) is { } refused)
        {
            throw new ArgumentException($"The row {RowText.Of(refused.RowKey)} is one that no store takes.");
        }

        var outcome = await world.Store.WriteAsync(transaction, CancellationToken.None);
        if (outcome is WriteOutcome.Applied)
        {
            foreach (var write in transaction.Writes.Where(write => write.RowKey.StartsWith(RowKeyPrefixes.Record, StringComparison.Ordinal)))
            {
                Watch(transaction.Partition.Row(write.RowKey), write);
            }
        }

        return outcome;
    }

    /// <summary>How the store refuses a transaction for good, now and each time that the row is in one; none where it has no row that may be refused.</summary>
    public IEnumerable<ProofFailure<WriteOutcome>> RefusalsOf(RowTransaction transaction)
    {
        if (world.Plan.MayRefuse is { } mayRefuse && transaction.Writes.FirstOrDefault(mayRefuse) is { } write && !_refused.Contains(transaction.Partition.Row(write.RowKey)))
        {
            yield return new($"the store REFUSES {RowText.Of(write.RowKey)} for good", Happens: false, () =>
            {
                _refused.Add(transaction.Partition.Row(write.RowKey));
                return WriteAsync(transaction);
            });
        }
    }

    public async Task<List<Row>> ListAsync(RowQuery query)
    {
        Know(query.Partition);
        var rows = new List<Row>();
        await foreach (var row in world.Store.QueryAsync(query, CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    public void Know(PartitionAddress partition)
    {
        lock (_partitions)
        {
            _partitions.Add(partition);
        }
    }

    /// <summary>What this library has left unfinished in the store, a sentence each.</summary>
    public async Task<List<string>> LeftoversAsync()
    {
        var leftovers = new List<string>();
        if (world.Plan.MayLeaveUnfinished)
        {
            return leftovers;
        }

        PartitionAddress[] partitions;
        lock (_partitions)
        {
            partitions = [.. _partitions];
        }

        foreach (var partition in partitions)
        {
            foreach (var row in await ListAsync(new RowQuery(partition, "")))
            {
                if (Leftover(row) is { } leftover)
                {
                    leftovers.Add(leftover);
                }
            }
        }

        return leftovers;
    }

    private static string? Leftover(Row row)
    {
        var key = row.Address.RowKey;
        var name = RowText.Of(key);
        if (key.StartsWith(RowKeyPrefixes.Record, StringComparison.Ordinal))
        {
            return row.Values.GetValueOrDefault("State") is "InProgress" ? $"The record {name} is left in progress." : null;
        }

        if (key.StartsWith(RowKeyPrefixes.Outbox, StringComparison.Ordinal))
        {
            return row.Values.GetValueOrDefault("State") is "Parked" ? null : $"The message {name} is left in the outbox.";
        }

        return key.StartsWith(RowKeyPrefixes.Saga, StringComparison.Ordinal) && row.Values.GetValueOrDefault("Status") is "Running" or "Compensating"
            ? $"The saga {name} is left {row.Values["Status"]}."
            : null;
    }

    private void Watch(RowAddress address, RowWrite write)
    {
        if (_committedUntil.TryGetValue(address, out var until) && world.Clock.Now + world.Options.ClockSkew < until)
        {
            world.Violations.Add($"The committed result of {RowText.Of(address.RowKey)} was written over while it was still to be replayed.");
        }

        var values = write switch
        {
            RowWrite.InsertRow insert => insert.Values,
            RowWrite.ReplaceRow replace => replace.Values,
            _ => null,
        };
        if (values?.GetValueOrDefault("State") is "Completed" && values.GetValueOrDefault(RowColumns.ExpiresAt) is DateTimeOffset expiresAt)
        {
            _committedUntil[address] = expiresAt;
        }
        else
        {
            _committedUntil.Remove(address);
        }
    }
}
