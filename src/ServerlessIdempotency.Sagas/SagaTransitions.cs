using System.Globalization;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>Turns a transition into the rows of its commit: the saga first, then business rows, then messages with the wake-up that follows.</summary>
internal sealed class SagaTransitions(RowWriter writer, IOutbox? outbox, SagaOptions options)
{
    public IRowStore Store => writer.Store;

    public bool SendsMessages => outbox is not null;

    public async Task<SagaSnapshot?> FindAsync(SagaAddress address, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(address.Row, cancellationToken) is { } row ? SagaRow.FromRow(row).Saga : null;

    public Task PrepareAsync(SagaAddress address, CancellationToken cancellationToken) =>
        outbox?.PrepareAsync(address.Partition, cancellationToken) ?? Task.CompletedTask;

    /// <summary>
    /// Whether a transition's wake-up is still in the outbox: then the outbox's own sweeper sends it, or it is parked there with its error. (The first one is committed
    /// under the name of the operation that began the saga and is not found here; a second one besides does no harm.)
    /// </summary>
    public async Task<bool> IsUnsentAsync(SagaAddress address, long transition, CancellationToken cancellationToken)
    {
        await foreach (var _ in writer.Store.QueryAsync(new RowQuery(address.Partition, OutboxRow.PrefixOf(HashOf(address, transition))) { Take = 1 }, cancellationToken))
        {
            return true;
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
    /// <param name="audit">A further row of the library's own.</param>
    public async Task<CommitOutcome> CommitAsync(SagaAddress address, SagaRow next, string fence, SagaEffects effects, DateTimeOffset? wakeUpAt, RowWrite? audit = null)
    {
        var transition = next.Saga.Transition;
        var hash = HashOf(address, transition);
        List<OutboxMessage> messages = [.. effects.Messages];
        if (outbox is null && messages.Count > 0)
        {
            throw new InvalidOperationException($"The saga '{next.Saga.Definition}' sends messages but no outbox is configured: call AddOutbox() after AddIdempotency().");
        }

        if (outbox is not null && wakeUpAt is not null)
        {
            messages.Add(WakeUp(address, transition, wakeUpAt));
        }

        List<RowWrite> writes = [RowWrite.Replace(address.Row.RowKey, next.ToValues(), fence), .. effects.Rows];
        if (audit is not null)
        {
            writes.Add(audit);
        }

        if (messages.Count > 0)
        {
            // A note made at the start of a long run may be of an earlier window by now; mostly this writes nothing.
            await outbox!.PrepareAsync(address.Partition, CancellationToken.None);
            writes.AddRange(outbox.ToRows(hash, messages));
        }

        // Never cancelled: a write given up half-way could land later, and this instance would not know its own saga again.
        var outcome = await writer.WriteAsync(address.Partition, writes, CancellationToken.None);
        if (outcome is CommitOutcome.Written && messages.Count > 0)
        {
            outbox!.Committed(address.Partition, hash);
        }

        return outcome;
    }

    private static string HashOf(SagaAddress address, long transition) => OperationHash.ComputeText(
        "saga-transition", address.Partition.Table, address.Partition.PartitionKey, address.Id, transition.ToString(CultureInfo.InvariantCulture));
}
