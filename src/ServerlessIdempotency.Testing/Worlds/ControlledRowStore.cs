using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>The store as one process sees it: each call is a point.</summary>
internal sealed class ControlledRowStore(World world, ProcessState process) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => world.PassAsync(
        process,
        new ProofPoint<Row?>($"reads {RowText.Of(address.RowKey)}", () => world.Store.ReadAsync(address, CancellationToken.None))
        {
            Touches = [address.Partition.ToString()],
            OnlyReads = true,
            Failures = [Refused<Row?>()],
            Describe = row => row is null ? "absent" : null,
        },
        cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) => world.PassAsync(
        process,
        new ProofPoint<WriteOutcome>(RowText.Of(transaction), () => world.Rows.WriteAsync(transaction))
        {
            Touches = [transaction.Partition.ToString()],
            Failures =
            [
                Refused<WriteOutcome>(),
                new("the REPLY IS LOST", Happens: true, () => throw new StoreUnavailableException("The reply was lost.")),

                // The store's client repeats by itself what got no answer, and meets its own first attempt.
                new("the reply is lost and the client REPEATS it by itself", Happens: true, () => world.Rows.WriteAsync(transaction)),
                .. world.Rows.RefusalsOf(transaction),
            ],
            WhenLate = () => throw new StoreUnavailableException("The store did not answer in time."),
            Describe = outcome => outcome is WriteOutcome.Refused refused ? $"refused ({refused.Reason})" : null,
        },
        cancellationToken);

    public async IAsyncEnumerable<Row> QueryAsync(RowQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var rows = await world.PassAsync(
            process,
            new ProofPoint<List<Row>>($"lists {RowText.Of(query.RowKeyPrefix)} of {query.Partition.Table}", () => world.Rows.ListAsync(query))
            {
                Touches = [query.Partition.ToString()],
                OnlyReads = true,
                Failures = [Refused<List<Row>>()],
                Describe = rows => $"{rows.Count} rows",
            },
            cancellationToken);
        foreach (var row in rows)
        {
            yield return row;
        }
    }

    private static ProofFailure<T> Refused<T>() => new("the store is BUSY (429/500/503)", Happens: false, () => throw new StoreUnavailableException("The store is busy."));
}
