using Azure;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage.Answers;

namespace ServerlessIdempotency.TableStorage;

/// <summary>What is still to be sent of a transaction, with the place of each write in the whole.</summary>
internal sealed class TransactionAttempt(RowTransaction transaction)
{
    private int[] _indexes = [.. Enumerable.Range(0, transaction.Writes.Count)];

    public string PartitionKey => transaction.Partition.PartitionKey;

    /// <summary>The writes that are still to be sent, in order.</summary>
    public RowWrite[] Writes { get; private set; } = [.. transaction.Writes];

    /// <summary>The new version of each row of the whole; null for one that is deleted.</summary>
    public string?[] ETags { get; } = new string?[transaction.Writes.Count];

    public bool HasInsert => Writes.Any(write => write is RowWrite.InsertRow);

    public int? FirstReplace => Array.FindIndex(Writes, write => write is RowWrite.ReplaceRow) is >= 0 and var index ? _indexes[index] : null;

    /// <summary>The place in the whole of the write that was refused, where the answer tells.</summary>
    public int? FailedIndex(RequestFailedException exception) =>
        StorageAnswers.FailedIndex(exception, Writes.Length) is { } index ? _indexes[index] : null;

    /// <summary>Whether it was the table that was missing: an insert can't miss its row, so a 404 without an error code says the same of it.</summary>
    public bool LacksTable(RequestFailedException exception) =>
        StorageAnswers.IsTableNotFound(exception)
        || (StorageAnswers.IsEntityMissing(exception) && FailedIndex(exception) is { } index && transaction.Writes[index] is RowWrite.InsertRow);

    public void Applied(IReadOnlyList<Response> answers)
    {
        for (var index = 0; index < answers.Count; index++)
        {
            ETags[_indexes[index]] = Writes[index] is RowWrite.DeleteRow ? null : answers[index].Headers.ETag?.ToString();
        }
    }

    /// <summary>Takes deletes out whose row is gone: the one at a place in the whole, and those of the given keys.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Drop(int? place, HashSet<string> rowKeys)
    {
        var kept = _indexes.Where(index => index != place && !(transaction.Writes[index] is RowWrite.DeleteRow delete && rowKeys.Contains(delete.RowKey))).ToArray();
        var dropped = kept.Length < _indexes.Length;
        _indexes = kept;
        Writes = [.. kept.Select(index => transaction.Writes[index])];
        return dropped;
    }
}
