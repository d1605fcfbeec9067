using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>
/// Reads the marks of messages that are likely duplicates, side by side. A refused insert finds out by itself; to read first is cheaper where a duplicate is likely.
/// </summary>
internal sealed class MarkReader(MessageInbox inbox, RowWriter writer, ILogger logger)
{
    // As many as a transaction takes.
    private const int ReadsAtOnce = RowTransaction.MaxWrites;

    /// <returns>Whether the store answers.</returns>
    public async Task<bool> TryReadAsync(IEnumerable<BatchMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var chunk in messages.Where(message => message is { Outcome: null, Fault: null, IsLookedUp: false }).Chunk(ReadsAtOnce))
        {
            try
            {
                var marks = await Task.WhenAll(chunk.DistinctBy(message => message.Address).Select(message => ReadMarkAsync(message, cancellationToken)));
                foreach (var message in chunk)
                {
                    (message.IsLookedUp, message.Mark) = (true, marks.First(mark => mark.Address == message.Address).Row);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Nothing is begun any more, and each message is told so at its turn.
                return true;
            }
            catch (StoreUnavailableException exception)
            {
                logger.BatchInterrupted(chunk.Length, chunk[0].Address.Partition, exception);
                return false;
            }
            catch (Exception)
            {
                // Of one mark, and which one is not known: the write of it, or alone the reading of it, says so.
                Array.ForEach(chunk, message => message.IsLookedUp = true);
            }
        }

        return true;
    }

    private async Task<(RowAddress Address, Row? Row)> ReadMarkAsync(BatchMessage message, CancellationToken cancellationToken) =>
        (message.Address, inbox.FindApplied(message.Address) is not null ? null : await writer.Store.ReadAsync(message.Address, cancellationToken));
}
