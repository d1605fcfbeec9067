using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

internal sealed class OutboxAdministration(RowWriter writer, PartitionRegister register, OutboxOptions options, TimeProvider timeProvider) : IOutboxAdministration
{
    public async IAsyncEnumerable<ParkedMessage> ListParkedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (note, address) in register.ListParkedAsync(cancellationToken))
        {
            var row = await writer.Store.ReadAsync(address, cancellationToken);
            if (row is null)
            {
                // Sent after a retry. Its key never comes again, so the note may go.
                await register.RemoveAsync(note, cancellationToken);
                continue;
            }

            // A row that is not parked keeps its note: it may be on its way back, or about to be parked again.
            var message = OutboxRow.FromRow(row);
            if (message.IsParked)
            {
                yield return new ParkedMessage(address, message.Message, message.Attempts, message.LastError ?? "", message.CommittedAt);
            }
        }
    }

    public async IAsyncEnumerable<WaitingMessage> ListWaitingAsync(TimeSpan olderThan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var committedBefore = timeProvider.GetUtcNow() - olderThan;
        var seen = new HashSet<PartitionAddress>();
        await foreach (var (_, key, _) in register.ListWindowsAsync(cancellationToken))
        {
            await foreach (var (_, partition) in register.ListNotesAsync(key, cancellationToken))
            {
                if (!seen.Add(partition))
                {
                    continue;
                }

                await foreach (var row in writer.Store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.Outbox), cancellationToken))
                {
                    if (AppNames.Owns(options.AppName, row) && OutboxRow.FromRow(row) is { IsParked: false } message && message.CommittedAt <= committedBefore)
                    {
                        yield return new WaitingMessage(row.Address, message.Message, message.Attempts, message.LastError, message.CommittedAt);
                    }
                }
            }
        }
    }

    public async Task<bool> RetryAsync(RowAddress address, CancellationToken cancellationToken)
    {
        while (await writer.Store.ReadAsync(address, cancellationToken) is { } row && address.RowKey.StartsWith(RowKeyPrefixes.Outbox, StringComparison.Ordinal))
        {
            var message = OutboxRow.FromRow(row);
            if (!message.IsParked)
            {
                return false;
            }

            // First where the sweeper looks, then the state, or a crash in between would hide the message from both.
            await register.NoteAsync(address.Partition, cancellationToken);
            if (await writer.WriteAsync(address.Partition, [RowWrite.Replace(address.RowKey, message.ToPending(), row.ETag)], cancellationToken) is CommitOutcome.Written)
            {
                return true;
            }
        }

        return false;
    }
}
