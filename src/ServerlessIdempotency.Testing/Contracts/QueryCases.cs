using System.Globalization;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What queries must keep, and calls that are cancelled.</summary>
internal sealed class QueryCases(IRowStore store, string table) : ContractCases(store, table)
{
    /// <summary>More rows than any page, written out of order.</summary>
    public async Task A_query_lists_2500_rows_of_a_prefix_in_key_order()
    {
        // 1,201 and 2,500 share no divisor, so this visits every number once, out of order.
        var numbers = Enumerable.Range(0, 2500).Select(index => index * 1201 % 2500).ToArray();
        foreach (var chunk in numbers.Chunk(100))
        {
            RequireApplied(
                await WriteAsync([.. chunk.Select(number => RowWrite.Insert($"item|{number:D5}", Values(number.ToString(CultureInfo.InvariantCulture))))]), chunk.Length, "A transaction of inserts");
        }

        await InsertAsync("itel|1", "before");
        await InsertAsync("item}1", "behind");

        var keys = (await ListAsync(new RowQuery(Partition, "item|"))).Select(row => row.Address.RowKey).ToArray();

        Require(keys.Length == 2500, $"2,500 rows start with the prefix, but {keys.Length} were listed.");
        Require(keys.SequenceEqual(keys.Order(StringComparer.Ordinal)), "Rows must be listed in the ordinal order of their keys.");
        Require(keys.Distinct().Count() == keys.Length, "Each row must be listed once.");

        var taken = await ListAsync(new RowQuery(Partition, "item|") { Take = 1500 });
        Require(taken.Select(row => row.Address.RowKey).SequenceEqual(keys.Take(1500)), "A query that takes 1,500 rows must list the first 1,500.");
    }

    /// <summary>The prefix is compared ordinally, letter case included.</summary>
    public async Task A_query_lists_no_neighbour_of_the_prefix()
    {
        string[] keys = ["a", "a{", "a|", "a|1", "a|~", "a|é", "a}", "A|1", "b|1", "|a|1", "z😀1", "z😁1"];
        foreach (var key in keys)
        {
            await InsertAsync(key, key);
        }

        var other = new PartitionAddress(Table, "partition2");
        RequireApplied(await Store.WriteAsync(new RowTransaction(other, [RowWrite.Insert("a|1", Values("other"))]), CancellationToken.None), 1, "An insert");

        await RequireListedAsync("a|", ["a|", "a|1", "a|~", "a|é"]);
        await RequireListedAsync("a|1", ["a|1"]);
        await RequireListedAsync("z😀", ["z😀1"]);
        await RequireListedAsync("none", []);
        await RequireListedAsync("", [.. keys.Order(StringComparer.Ordinal)]);

        async Task RequireListedAsync(string prefix, string[] expected)
        {
            var listed = (await ListAsync(new RowQuery(Partition, prefix))).Select(row => row.Address.RowKey).ToArray();
            Require(listed.SequenceEqual(expected), $"The prefix '{prefix}' must list {string.Join(' ', expected)}, but listed {string.Join(' ', listed)}.");
        }
    }

    /// <summary>Going on after an earlier page, and stopping early.</summary>
    public async Task A_query_starts_and_stops_where_it_is_told()
    {
        foreach (var key in new[] { "a|1", "a|2", "a|3", "a|4", "b|1" })
        {
            await InsertAsync(key, key);
        }

        await RequireListedAsync(new RowQuery(Partition, "a|") { RowKeyFrom = "a|2" }, "a|2 a|3 a|4");
        await RequireListedAsync(new RowQuery(Partition, "a|") { RowKeyFrom = "a|2", Take = 2 }, "a|2 a|3");
        await RequireListedAsync(new RowQuery(Partition, "a|") { RowKeyFrom = "a|25" }, "a|3 a|4");
        await RequireListedAsync(new RowQuery(Partition, "a|") { Take = 1 }, "a|1");
        await RequireListedAsync(new RowQuery(Partition, "a|") { Take = 0 }, "");

        async Task RequireListedAsync(RowQuery query, string expected)
        {
            var listed = string.Join(' ', (await ListAsync(query)).Select(row => row.Address.RowKey));
            Require(listed == expected, $"{query} must list '{expected}', but listed '{listed}'.");
        }
    }

    /// <summary>A listed row's version can guard a write.</summary>
    public async Task A_listed_row_equals_the_row_that_is_read()
    {
        await InsertAsync("row", "text");

        var listed = (await ListAsync(new RowQuery(Partition, "row"))).Single();

        var read = (await ReadAsync("row"))!;
        Require(listed.Address == read.Address && listed.ETag == read.ETag, $"The listed row {listed.Address} {listed.ETag} must equal the read one {read.Address} {read.ETag}.");
        await ReplaceAsync("row", "new", listed.ETag);
    }

    /// <summary>A caller that has given up is told so.</summary>
    public async Task A_cancelled_call_is_cancelled_and_writes_nothing()
    {
        await InsertAsync("row", "text");
        var cancelled = new CancellationToken(canceled: true);

        Require(await CatchAsync<OperationCanceledException>(() => Store.ReadAsync(Partition.Row("row"), cancelled)) is not null, "A cancelled read must throw OperationCanceledException.");
        Require(
            await CatchAsync<OperationCanceledException>(() => Store.WriteAsync(new RowTransaction(Partition, [RowWrite.Insert("new", Values("new"))]), cancelled)) is not null,
            "A cancelled write must throw OperationCanceledException.");
        Require(
            await CatchAsync<OperationCanceledException>(async () =>
            {
                await foreach (var _ in Store.QueryAsync(new RowQuery(Partition, ""), cancelled))
                {
                }
            }) is not null,
            "A cancelled query must throw OperationCanceledException.");
        await RequireTextAsync("new", null);
    }

    /// <summary>For stores that are <see cref="IExpiredRowStore"/>; others pass.</summary>
    public async Task Expired_rows_are_listed_over_all_partitions()
    {
        if (Store is not IExpiredRowStore store)
        {
            return;
        }

        var now = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);
        Require((await ListExpiredAsync()).Length == 0, "A missing table has no expired rows.");
        await InsertWithAsync("one", "expired", now.AddTicks(-1));
        await InsertWithAsync("two", "expired", now.AddDays(-400));
        await InsertWithAsync("two", "at the moment", now);
        await InsertWithAsync("two", "alive", now.AddTicks(1));
        await InsertAsync("forever", "no expiry");

        var expired = await ListExpiredAsync();

        Require(expired.SequenceEqual(["one/expired", "two/expired"]), $"The rows that expired before the moment must be listed, but these were: {string.Join(", ", expired)}.");

        async Task InsertWithAsync(string partition, string key, DateTimeOffset expiresAt) => RequireApplied(
            await Store.WriteAsync(new RowTransaction(new PartitionAddress(Table, partition), [RowWrite.Insert(key, new Dictionary<string, object> { [RowColumns.ExpiresAt] = expiresAt })]), CancellationToken.None), 1, "An insert");

        async Task<string[]> ListExpiredAsync()
        {
            var rows = new List<string>();
            await foreach (var row in store.QueryExpiredAsync(Table, now, CancellationToken.None))
            {
                rows.Add($"{row.Address.PartitionKey}/{row.Address.RowKey}");
            }

            return [.. rows.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>For stores that are <see cref="IInProgressRowStore"/>; others pass.</summary>
    public async Task Rows_in_progress_are_listed_over_all_partitions()
    {
        if (Store is not IInProgressRowStore store)
        {
            return;
        }

        var before = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);
        Require((await ListAsync()).Length == 0, "A missing table has no rows in progress.");
        await InsertWithAsync("one", "old", "InProgress", before.AddTicks(-1));
        await InsertWithAsync("two", "old", "InProgress", before.AddDays(-400));
        await InsertWithAsync("two", "at the moment", "InProgress", before);
        await InsertWithAsync("two", "done", "Completed", before.AddDays(-1));
        await InsertAsync("neither", "no state");

        var listed = await ListAsync();

        Require(listed.SequenceEqual(["one/old", "two/old"]), $"The rows in progress that began before the moment must be listed, but these were: {string.Join(", ", listed)}.");

        async Task InsertWithAsync(string partition, string key, string state, DateTimeOffset startedAt) => RequireApplied(
            await Store.WriteAsync(new RowTransaction(new PartitionAddress(Table, partition), [RowWrite.Insert(key, new Dictionary<string, object> { ["State"] = state, ["StartedAt"] = startedAt })]), CancellationToken.None), 1, "An insert");

        async Task<string[]> ListAsync()
        {
            var rows = new List<string>();
            await foreach (var row in store.QueryInProgressAsync(Table, before, CancellationToken.None))
            {
                rows.Add($"{row.Address.PartitionKey}/{row.Address.RowKey}");
            }

            return [.. rows.Order(StringComparer.Ordinal)];
        }
    }
}
