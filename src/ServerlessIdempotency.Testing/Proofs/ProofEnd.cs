using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>The world after a run, for invariants.</summary>
public sealed class ProofEnd
{
    private readonly World _world;

    internal ProofEnd(World world) => _world = world;

    /// <summary>The store, with nothing in its way any more.</summary>
    public IRowStore Store => _world.Store;

    /// <summary>The true time.</summary>
    public DateTimeOffset Now => _world.Clock.Now;

    /// <summary>Every effect that an outside service had, in order.</summary>
    public IReadOnlyList<OutsideEffect> Effects => _world.Outside.Effects;

    /// <summary>Every message that the broker took, in order; the same one may be among them more than once, under the same id.</summary>
    public IReadOnlyList<OutboundMessage> Sent => _world.Broker.Sent;

    /// <summary>What was dead-lettered, a sentence each.</summary>
    public IReadOnlyList<string> DeadLetters => _world.Broker.DeadLetters;

    /// <summary>The final answers to the callers of an operation, in order.</summary>
    public IReadOnlyList<string> ToldOf(string operation) => [.. _world.Actors.AllTold.Where(told => told.Operation == operation).Select(told => told.Text)];

    /// <summary>What <see cref="ProofProcess.Shared{T}"/> made in this run.</summary>
    public T Shared<T>(Func<T> create)
        where T : class => _world.Shared(create);

    /// <summary>Lists rows.</summary>
    public async Task<IReadOnlyList<Row>> ListAsync(PartitionAddress partition, string rowKeyPrefix = "")
    {
        var rows = new List<Row>();
        await foreach (var row in Store.QueryAsync(new RowQuery(partition, rowKeyPrefix), CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }
}
