using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Rows;

namespace Payments.DeadLetters;

/// <summary>Takes dead letters away for good, and keeps what they were, who did it and why.</summary>
internal sealed class DiscardedLetters(RowWriter writer, TimeProvider timeProvider)
{
    private const int MaxListed = 100;

    /// <summary>Discards a letter. One that was discarded before is told as it is kept, with the first note.</summary>
    /// <returns>Null where there is no such letter, or someone holds it.</returns>
    public async Task<DiscardedLetter?> DiscardAsync(IDeadLetters deadLetters, string queue, long sequenceNumber, string note, string by, CancellationToken cancellationToken)
    {
        DiscardedLetter? kept = null;
        if (await deadLetters.DiscardAsync(queue, sequenceNumber, async (letter, token) => kept = await KeepAsync(queue, letter, note, by, token), cancellationToken))
        {
            return kept;
        }

        if ((await deadLetters.ListAsync(queue, cancellationToken)).Any(letter => letter.SequenceNumber == sequenceNumber))
        {
            // Noted perhaps, by an attempt that did not come to its end; and someone holds it now.
            return null;
        }

        return await ReadAsync(queue, DiscardedLetterRow.PrefixOf(sequenceNumber), cancellationToken) is [var earlier, ..] ? earlier : null;
    }

    /// <summary>Those with the highest numbers, which came last.</summary>
    public Task<IReadOnlyList<DiscardedLetter>> ListAsync(string queue, CancellationToken cancellationToken) => ReadAsync(queue, "", cancellationToken);

    private async Task<DiscardedLetter> KeepAsync(string queue, DeadLetter letter, string note, string by, CancellationToken cancellationToken)
    {
        var partition = DiscardedLetterRow.PartitionOf(queue);
        var insert = DiscardedLetterRow.ToInsert(letter, note, by, timeProvider.GetUtcNow());
        if (await writer.WriteAsync(partition, [insert], cancellationToken) is CommitOutcome.Refused { Current: { } earlier })
        {
            // An attempt that died before the letter was taken away.
            return DiscardedLetterRow.ToLetter(queue, earlier);
        }

        return (await ReadAsync(queue, insert.RowKey, cancellationToken))[0];
    }

    private async Task<IReadOnlyList<DiscardedLetter>> ReadAsync(string queue, string prefix, CancellationToken cancellationToken)
    {
        var letters = new List<DiscardedLetter>();
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(DiscardedLetterRow.PartitionOf(queue), prefix) { Take = MaxListed }, cancellationToken))
        {
            letters.Add(DiscardedLetterRow.ToLetter(queue, row));
        }

        return letters;
    }
}
