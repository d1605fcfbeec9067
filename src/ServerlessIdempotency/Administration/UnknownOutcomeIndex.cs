using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Administration;

/// <summary>The notes that name records whose outcome is unknown or may become so, in a few partitions of their own, so that they are found without a scan.</summary>
/// <remarks>
/// No transaction can share a partition with the records. So the note is written first and the state after it, and a note counts only as far as the record says the same. It names one
/// claim: once the record has passed that, the note is stale for good and is removed by whoever meets it; before, it may be just about to become true and is left alone.
/// </remarks>
internal sealed class UnknownOutcomeIndex(RowWriter writer, IdempotencyOptions options, TimeProvider timeProvider)
{
    // As many as spread the notes of a busy app, and as few as are listed in no time.
    private const string Shards = "0123456789abcdef";

    public async Task NoteAsync(RowAddress address, IdempotencyRecord record, CancellationToken cancellationToken)
    {
        var note = AddressOf(address, record);
        var values = new Dictionary<string, object>
        {
            ["Table"] = address.Table,
            ["RecordPartition"] = address.PartitionKey,
            ["RecordKey"] = address.RowKey,
            ["Epoch"] = record.Epoch,
            ["Owner"] = record.Owner,
            ["NotedAt"] = timeProvider.GetUtcNow(),
        };

        // Where it is there already, so much the better.
        await writer.WriteAsync(note.Partition, [RowWrite.Insert(note.RowKey, values)], cancellationToken);
    }

    /// <summary>Removes the note of a claim that is answered or resolved.</summary>
    public async Task RemoveAsync(RowAddress address, IdempotencyRecord record, CancellationToken cancellationToken)
    {
        if (await writer.Store.ReadAsync(AddressOf(address, record), cancellationToken) is { } note)
        {
            await RemoveAsync(note, cancellationToken);
        }
    }

    public Task RemoveAsync(Row note, CancellationToken cancellationToken) =>
        writer.WriteAsync(note.Address.Partition, [RowWrite.Delete(note.Address.RowKey, note.ETag)], cancellationToken);

    public async IAsyncEnumerable<Row> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var shard in Shards)
        {
            await foreach (var note in writer.Store.QueryAsync(new RowQuery(PartitionOf(shard), ""), cancellationToken))
            {
                yield return note;
            }
        }
    }

    private RowAddress AddressOf(RowAddress address, IdempotencyRecord record)
    {
        var hash = OperationHash.Compute("unknown-outcome", address.Table, address.PartitionKey, address.RowKey);
        return PartitionOf(Shards[hash[0] % Shards.Length]).Row($"{System.Buffers.Text.Base64Url.EncodeToString(hash)}|{record.Owner}");
    }

    private PartitionAddress PartitionOf(char shard) => new(options.TableName, $"unknown~{shard}");
}
