using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

internal sealed class OutboxAdministration(RowWriter writer, PartitionRegister register) : IOutboxAdministration
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
