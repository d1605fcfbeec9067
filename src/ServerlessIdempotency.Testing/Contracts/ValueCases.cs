using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What values and keys must come back as.</summary>
internal sealed class ValueCases(IRowStore store, string table) : ContractCases(store, table)
{
    /// <summary>Each type comes back as that type with that value, at its extremes too.</summary>
    public async Task Values_of_every_type_come_back_as_they_were()
    {
        var bytes = Enumerable.Range(0, 64 * 1024).Select(index => (byte)index).ToArray();
        var values = new Dictionary<string, object>
        {
            ["Text"] = "Grüße, \"quotes\" 'single' \\ / \r\n\t 日本語 😀",
            ["EmptyText"] = "",
            ["LongText"] = new string('x', 32 * 1024),
            ["NumericText"] = "0123",
            ["DateText"] = "2026-01-02T03:04:05Z",
            ["Int"] = 42,
            ["IntMin"] = int.MinValue,
            ["IntMax"] = int.MaxValue,
            ["Long"] = 42L,
            ["LongMin"] = long.MinValue,
            ["LongMax"] = long.MaxValue,
            ["Double"] = 0.1,
            ["DoubleWhole"] = 5.0,
            ["DoubleMin"] = double.MinValue,
            ["DoubleMax"] = double.MaxValue,
            ["DoubleLeast"] = double.Epsilon,
            ["True"] = true,
            ["False"] = false,
            ["Moment"] = new DateTimeOffset(2026, 2, 28, 23, 59, 59, TimeSpan.Zero).AddTicks(1_234_567),
            ["MomentWhole"] = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ["MomentElsewhere"] = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(5)),
            ["Guid"] = Guid.Parse("8d8ac610-566d-4ef0-9c22-186b2a5ed793"),
            ["Binary"] = bytes,
            ["EmptyBinary"] = Array.Empty<byte>(),
        };

        RequireApplied(await WriteAsync(RowWrite.Insert("alone", values)), 1, "The insert of every type");
        RequireApplied(await WriteAsync(RowWrite.Insert("with", values), RowWrite.Insert("another", Values("another"))), 2, "The insert of every type in a transaction");

        foreach (var key in new[] { "alone", "with" })
        {
            RequireValues(values, (await ReadAsync(key))!, "read");
            RequireValues(values, (await ListAsync(new RowQuery(Partition, key))).Single(), "listed");
        }
    }

    /// <summary>Whatever is not forbidden works as a key and as the start of one.</summary>
    public async Task Keys_with_unusual_characters_work()
    {
        string[] keys = ["it's", "a b", "50%", "a%20b", "a+b", "a&b=c", "a|b~c", "a:b;c,d", "{a}[b](c)", "\"quoted\"", "<a>@$!*", "é日本😀", "''", "."];
        foreach (var key in keys)
        {
            var partition = new PartitionAddress(Table, key);
            RequireApplied(await Store.WriteAsync(new RowTransaction(partition, [RowWrite.Insert(key, Values(key)), RowWrite.Insert(key + "2", Values("2"))]), CancellationToken.None), 2, $"The insert of key {key}");

            var row = await Store.ReadAsync(partition.Row(key), CancellationToken.None);
            Require(row?.GetString("Text") == key && row.Address == partition.Row(key), $"The row with key {key} must be found.");
            var listed = await ListAsync(new RowQuery(partition, key));
            Require(listed.Count == 2 && listed[0].Address.RowKey == key, $"The rows with keys that start with {key} must be listed.");
            RequireApplied(await Store.WriteAsync(new RowTransaction(partition, [RowWrite.Replace(key, Values("new"), row!.ETag)]), CancellationToken.None), 1, $"The replace of key {key}");
        }
    }

    private static void RequireValues(Dictionary<string, object> expected, Row row, string how)
    {
        foreach (var (column, value) in expected)
        {
            var actual = row.Values.GetValueOrDefault(column);
            var equal = value is byte[] bytes ? actual is byte[] other && bytes.AsSpan().SequenceEqual(other) : value.Equals(actual);
            Require(equal, $"The column {column} ({value.GetType().Name}) must come back as it was when it is {how}, but came back as {actual?.GetType().Name ?? "nothing"} {actual}.");
        }

        Require(row.Values.Count == expected.Count, $"The row must have the columns that were written, but has also {string.Join(", ", row.Values.Keys.Except(expected.Keys))}.");
    }
}
