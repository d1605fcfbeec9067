namespace Mutation.Guards;

/// <summary>The purge deletes nothing that lives.</summary>
internal static class PurgeGuards
{
    private const string Purger = "src/ServerlessIdempotency/Purge/ExpiredRowPurger.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(8, "purge: a row is deleted in the version that had expired", Purger, "RowWrite.Delete(row.Address.RowKey, row.ETag)", "RowWrite.Delete(row.Address.RowKey, _store.ReadAsync(row.Address, default).GetAwaiter().GetResult()?.ETag ?? row.ETag)"),
        new(11, "purge: a column of the app is not taken for ours", "src/ServerlessIdempotency/Rows/RowColumns.cs", "ExpiresAt = \"IdempotencyExpiresAt\";", "ExpiresAt = \"ExpiresAt\";"),
        new(8, "purge: a large table leaves the others their share", Purger, "(_options.MaxRows - result.Deleted + open.Count - 1) / open.Count)", "_options.MaxRows - result.Deleted)"),
        new(8, "purge: a row is kept for the grace", Purger, "_timeProvider.GetUtcNow() - _options.Grace;", "_timeProvider.GetUtcNow();"),
        new(2, "purge: a record that is held is kept although it expired", Purger, "is DateTimeOffset leaseUntil && leaseUntil >= before;", "is DateTimeOffset leaseUntil && leaseUntil > DateTimeOffset.MaxValue;"),
        new(8, "purge: a row that changed keeps no other from being deleted", Purger, "case WriteOutcome.Refused { Index: { } index }: left.RemoveAt(index); break;", "case WriteOutcome.Refused { Index: { } }: return rows.Length;"),
    ];
}
