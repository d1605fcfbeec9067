using System.Globalization;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>Turns a transition into the rows of its commit: the saga first, then business rows, then messages with the wake-up that follows.</summary>
internal sealed class SagaTransitions(RowWriter writer, SagaOptions options, IOutbox? outbox = null)
{
    private readonly MessageCommit _commit = new(outbox);

    public IRowStore Store => writer.Store;

    public SagaDecisions Decisions { get; } = new(writer, options);

    public bool SendsMessages => _commit.CanSend;

    public async Task<SagaSnapshot?> FindAsync(SagaAddress address, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(address.Row, cancellationToken) is { } row ? SagaRow.FromRow(row).Saga : null;

    public Task PrepareAsync(SagaAddress address, CancellationToken cancellationToken) =>
        _commit.PrepareAsync(address.Partition, cancellationToken);

    /// <summary>
    /// Whether a transition's wake-up is still in the outbox: then the outbox's own sweeper sends it. One that is parked there does not count: nobody sends it. (The first one
    /// is committed under the name of the operation that began the saga and is not found here; a second one besides does no harm.)
    /// </summary>
    public async Task<bool> IsUnsentAsync(SagaAddress address, long transition, CancellationToken cancellationToken)
    {
        var wakeUp = WakeUp(address, transition, notBefore: null).MessageId;
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(address.Partition, OutboxRow.PrefixOf(HashOf(address, transition))), cancellationToken))
        {
            if (row.GetString("MessageId") == wakeUp && !OutboxRow.FromRow(row).IsParked)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The wake-up that is committed with a transition. Its id is the same however often that transition is tried.</summary>
    public OutboxMessage WakeUp(SagaAddress address, long transition, DateTimeOffset? notBefore) => new(
        options.AdvanceQueue,
        new SagaWakeUp(address.Partition.Table, address.Partition.PartitionKey, address.Id, transition).ToBody())
    {
        MessageId = OperationHash.ComputeText("saga-wake-up", HashOf(address, transition)),
        SessionId = address.Id,
        Subject = SagaWakeUp.Subject,
        NotBefore = notBefore,
    };

    /// <param name="address">The saga.</param>
    /// <param name="next">What is written; its transition is one above what the fence stands for.</param>
    /// <param name="fence">The version of the row that was read or last written.</param>
    /// <param name="effects">What goes along.</param>
    /// <param name="wakeUpAt">When the saga has to be looked at again; null where it need not.</param>
    /// <param name="own">Further rows of the library's own.</param>
    /// <exception cref="ArgumentException">No transaction takes so much, or one of the rows is too large.</exception>
    public async Task<CommitOutcome> CommitAsync(SagaAddress address, SagaRow next, string fence, SagaEffects effects, DateTimeOffset? wakeUpAt, params IReadOnlyList<RowWrite> own)
    {
        var transition = next.Saga.Transition;
        var hash = HashOf(address, transition);
        List<OutboxMessage> messages = [.. effects.Messages];
        if (wakeUpAt is not null && SendsMessages)
        {
            messages.Add(WakeUp(address, transition, wakeUpAt));
        }

        List<RowWrite> writes = [RowWrite.Replace(address.Row.RowKey, next.ToValues(options.Retention), fence), .. effects.Rows, .. own];
        var ownWrites = 1 + own.Count + messages.Count - effects.Messages.Count;
        RowTransaction.ThrowIfTooMany("The step", effects.Rows.Count, effects.Messages.Count, "the saga's own row and wake-up", ownWrites);

        // Never cancelled: a write given up half-way could land later, and this instance would not know its own saga again.
        return await _commit.WriteAsync(
            address.Partition,
            hash,
            writes,
            messages,
            all => writer.WriteAsync(address.Partition, all, CancellationToken.None),
            outcome => outcome is CommitOutcome.Written,
            CancellationToken.None);
    }

    private static string HashOf(SagaAddress address, long transition) => OperationHash.ComputeText(
        "saga-transition", address.Partition.Table, address.Partition.PartitionKey, address.Id, transition.ToString(CultureInfo.InvariantCulture));
}
