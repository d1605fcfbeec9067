using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What inserts and reads must keep.</summary>
internal sealed class InsertCases(IRowStore store, string table, Func<string> newTableName) : ContractCases(store, table)
{
    /// <summary>A table that was never written to has no rows; that is no error.</summary>
    public async Task A_missing_table_reads_as_empty()
    {
        Require(await ReadAsync("row") is null, "A row of a missing table must read as null.");
        Require((await ListAsync(new RowQuery(Partition, ""))).Count == 0, "A query of a missing table must list nothing.");
        RequireRefused(await WriteAsync(RowWrite.Replace("row", Values("new"), await EtagOfAnotherTableAsync())), 0, RefusalReason.Missing, "A replace in a missing table");
        RequireApplied(await WriteAsync(RowWrite.Delete("row", await EtagOfAnotherTableAsync())), 1, "A delete in a missing table");
    }

    /// <summary>What is written can be read at once, and the version that the write answered is the row's.</summary>
    public async Task An_inserted_row_is_read_back_with_its_version()
    {
        var etag = await InsertAsync("row", "first");

        var row = await ReadAsync("row");

        Require(row is not null, "An inserted row must be found by the next read.");
        Require(row!.Address == Partition.Row("row"), $"The row must carry its address, but says {row.Address}.");
        Require(row.ETag == etag, $"The insert answered version {etag}, but the row has {row.ETag}.");
        Require(row.Values.Count == 1, $"The row has one column, but came back with {string.Join(", ", row.Values.Keys)}.");
        await RequireTextAsync("row", "first");
    }

    /// <summary>Insert-if-absent: the row that is there stays as it is.</summary>
    public async Task A_second_insert_is_refused_and_changes_nothing()
    {
        var etag = await InsertAsync("row", "first");

        RequireRefused(await WriteAsync(RowWrite.Insert("row", Values("second"))), 0, RefusalReason.AlreadyExists, "A second insert");

        await RequireTextAsync("row", "first");
        Require((await ReadAsync("row"))!.ETag == etag, "A refused insert must leave the row's version alone.");
    }

    /// <summary>The claim of an operation is one insert: of many callers one may win. The table is created by the race too.</summary>
    public async Task Of_64_concurrent_inserts_of_one_row_one_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(async index =>
        {
            await Task.Yield();
            return (Index: index, Outcome: await WriteAsync(RowWrite.Insert("row", Values($"writer {index}"))));
        }));

        var winners = outcomes.Where(outcome => outcome.Outcome is WriteOutcome.Applied).ToArray();
        Require(winners.Length == 1, $"One of 64 concurrent inserts must win, but {winners.Length} did.");
        foreach (var (index, outcome) in outcomes.Where(outcome => outcome.Index != winners[0].Index))
        {
            RequireRefused(outcome, 0, RefusalReason.AlreadyExists, $"The insert of writer {index}");
        }

        await RequireTextAsync("row", $"writer {winners[0].Index}");
    }

    /// <summary>An address is its table, partition and row key, letter case included.</summary>
    public async Task Tables_partitions_and_letter_cases_are_kept_apart()
    {
        RowAddress[] addresses =
        [
            new(Table, "partition", "row"), new(Table, "partition", "ROW"), new(Table, "Partition", "row"), new(Table, "partitio", "nrow"), new(newTableName(), "partition", "row"),
        ];

        foreach (var address in addresses)
        {
            RequireApplied(await Store.WriteAsync(new RowTransaction(address.Partition, [RowWrite.Insert(address.RowKey, Values(address.ToString()))]), CancellationToken.None), 1, $"The insert of {address}");
        }

        foreach (var address in addresses)
        {
            var row = await Store.ReadAsync(address, CancellationToken.None);
            Require(row?.GetString("Text") == address.ToString(), $"{address} must hold its own row, but holds {row?.GetString("Text") ?? "none"}.");
        }
    }

    // Versions have a form of the store's own, so a real one is needed where none can match.
    private async Task<string> EtagOfAnotherTableAsync()
    {
        var partition = new PartitionAddress(newTableName(), "partition");
        return RequireApplied(await Store.WriteAsync(new RowTransaction(partition, [RowWrite.Insert("row", Values("other"))]), CancellationToken.None), 1, "An insert")[0]!;
    }
}
