namespace Mutation.Guards;

/// <summary>The store in memory guards as the real one does: the same contract holds both.</summary>
internal static class InMemoryGuards
{
    private const string Store = "src/ServerlessIdempotency/InMemory/InMemoryRowStore.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(2, "memory: an insert that finds the row is refused", Store, "RowWrite.InsertRow => current is null ? null : RefusalReason.AlreadyExists,", "RowWrite.InsertRow => null,"),
        new(3, "memory: a replace of a missing row is refused", Store, "RowWrite.ReplaceRow when current is null => RefusalReason.Missing,", "RowWrite.ReplaceRow when current is null => null,"),
        new(3, "memory: a replace of another version is refused", Store, "RowWrite.ReplaceRow replace => current.ETag == replace.ETag ? null : RefusalReason.Stale,", "RowWrite.ReplaceRow => null,"),
        new(3, "memory: a delete of another version is refused", Store, "current is null || current.ETag == delete.ETag ? null : RefusalReason.Stale,", "null,"),
        new(3, "memory: a transaction is applied whole or not at all", Store, "return new WriteOutcome.Refused(index, reason);", "return new WriteOutcome.Refused(index, reason == RefusalReason.Missing ? reason : index == 0 ? reason : Keep(rows, transaction, index, reason)); static RefusalReason Keep(SortedDictionary<string, Row> rows, RowTransaction transaction, int index, RefusalReason reason) { if (transaction.Writes[0] is RowWrite.InsertRow first) { rows[first.RowKey] = new Row(transaction.Partition.Row(first.RowKey), \"half\", first.Values); } return reason; }"),
        new(14, "memory: what Table Storage does not take is refused", Store, "TableLimits.CheckTransaction(transaction);", ""),
        new(8, "memory: only expired rows are listed as expired", Store, "is DateTimeOffset expiresAt && expiresAt < before,", "is not DateTimeOffset expiresAt || expiresAt < before,"),
    ];
}
