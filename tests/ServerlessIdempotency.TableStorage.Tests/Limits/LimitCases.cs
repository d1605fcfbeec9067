using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Limits;

/// <summary>What the service documents as a limit is refused with the same sentences by every store that stands for it: a test on one tells what the other would not keep.</summary>
public abstract class LimitCases
{
    protected abstract IRowStore Store { get; }

    /// <summary>The requests that the store has sent; none where it sends none.</summary>
    protected abstract int Requests { get; }

    public static TheoryData<string> RefusedValues => [.. Values.Keys];

    private static Dictionary<string, (object Value, string Fragment)> Values => new()
    {
        ["long string"] = (new string('x', 32_769), "limited to 32768"),
        ["long binary"] = (new byte[65_537], "limited to 65536"),
        ["decimal"] = (1.5m, "decimal"),
        ["enum"] = (DayOfWeek.Friday, "enum DayOfWeek"),
        ["local time"] = (new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local), "use a DateTimeOffset"),
        ["utc DateTime"] = (new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), "use a DateTimeOffset"),
        ["early moment"] = (new DateTimeOffset(1600, 12, 31, 0, 0, 0, TimeSpan.Zero), "earliest moment"),
        ["not a number"] = (double.NaN, "finite"),
        ["float"] = (1.5f, "Single"),
        ["lone high surrogate"] = ("a\uD83D", "U+D83D"),
        ["lone low surrogate"] = ("\uDE00b", "U+DE00"),
        ["surrogates the wrong way round"] = ("😀\uDE00\uD83D", "U+DE00"),
        ["null"] = (null!, "is null"),
    };

    [Theory]
    [MemberData(nameof(RefusedValues))]
    public async Task A_value_that_the_service_does_not_keep_is_refused_by_name(string name)
    {
        var (value, fragment) = Values[name];

        var message = await RefusedAsync(RowWrite.Insert("the-row", new Dictionary<string, object> { ["TheColumn"] = value }));

        Assert.Contains("TheColumn", message, StringComparison.Ordinal);
        Assert.Contains("the-row", message, StringComparison.Ordinal);
        Assert.Contains(fragment, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with-dash")]
    [InlineData("1st")]
    [InlineData("with space")]
    [InlineData("PartitionKey")]
    [InlineData("Timestamp")]
    [InlineData("rowkey")]
    public async Task A_column_name_that_the_service_does_not_take_is_refused(string column) =>
        Assert.Contains($"'{column}'", await RefusedAsync(RowWrite.Insert("row", new Dictionary<string, object> { [column] = 1 })), StringComparison.Ordinal);

    [Fact]
    public async Task A_column_name_has_at_most_255_characters() =>
        Assert.Contains("255", await RefusedAsync(RowWrite.Insert("row", new Dictionary<string, object> { [new string('c', 256)] = 1 })), StringComparison.Ordinal);

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u0085b")]
    public async Task A_key_with_a_forbidden_character_is_refused_everywhere(string key)
    {
        Assert.Contains("row key", await RefusedAsync(RowWrite.Insert(key, Columns(1))), StringComparison.Ordinal);
        await NotSentAsync(() => Store.WriteAsync(new RowTransaction(new PartitionAddress("Table1", key), [RowWrite.Insert("row", Columns(1))]), CancellationToken.None));
        await NotSentAsync(() => Store.ReadAsync(new RowAddress("Table1", "p", key), CancellationToken.None));
        await NotSentAsync(() => ListAsync(new RowQuery(new PartitionAddress("Table1", "p"), key)));
    }

    [Fact]
    public async Task A_key_with_half_of_a_surrogate_pair_is_refused() =>
        Assert.Contains("U+D83D", await RefusedAsync(RowWrite.Insert("a\uD83D", Columns(1))), StringComparison.Ordinal);

    [Fact]
    public async Task A_key_has_at_most_512_characters() =>
        Assert.Contains("513 characters", await RefusedAsync(RowWrite.Insert(new string('k', 513), Columns(1))), StringComparison.Ordinal);

    [Fact]
    public async Task A_row_has_at_most_252_columns()
    {
        Assert.Contains("253 columns", await RefusedAsync(RowWrite.Insert("row", Columns(253))), StringComparison.Ordinal);
        await AcceptedAsync(RowWrite.Insert("row", Columns(252)));
    }

    [Fact]
    public async Task A_row_takes_at_most_1_MiB_with_its_names_and_keys()
    {
        // By the service's formula: 4 + 2 × (1 + 3) for the keys p and row, and 8 + 2 × 3 + 4 + length for each column.
        const int Rest = (1024 * 1024) - 12 - (15 * (18 + 65_536)) - 18;
        var values = Enumerable.Range(10, 15).ToDictionary(index => $"C{index}", object (_) => new byte[65_536]);
        values["C99"] = new byte[Rest];
        await AcceptedAsync(RowWrite.Insert("row", values));

        values["C99"] = new byte[Rest + 1];
        var message = await RefusedAsync(RowWrite.Insert("row", values));

        Assert.Contains("takes 1048577 bytes", message, StringComparison.Ordinal);
        Assert.Contains("1048576 (1 MiB)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_has_1_to_100_writes()
    {
        Assert.Contains("0 writes", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Contains("101 writes", await RefusedAsync([.. Enumerable.Range(0, 101).Select(index => RowWrite.Insert($"{index}", Columns(1)))]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_takes_at_most_4_MiB_as_it_is_sent()
    {
        // 60,000 bytes of binary are 80,000 of Base64: 50 of them fit, 55 do not, although they are 3.3 MB unencoded.
        await AcceptedAsync(Binaries(50));
        Assert.Contains("limited to 4194304 (4 MiB)", await RefusedAsync(Binaries(55)), StringComparison.Ordinal);

        // Text is escaped: 30,000 letters é are 180,000 bytes of JSON, and 30,000 letters x are 30,000.
        await AcceptedAsync(Texts('x', 90));
        Assert.Contains("limited to 4194304 (4 MiB)", await RefusedAsync(Texts('é', 24)), StringComparison.Ordinal);

        static RowWrite[] Binaries(int count) => [.. Enumerable.Range(0, count).Select(index => RowWrite.Insert($"{index}", new Dictionary<string, object> { ["C"] = new byte[60_000] }))];
        static RowWrite[] Texts(char letter, int count) => [.. Enumerable.Range(0, count).Select(index => RowWrite.Insert($"{index}", new Dictionary<string, object> { ["C"] = new string(letter, 30_000) }))];
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    public async Task A_write_without_a_version_is_refused(string etag)
    {
        Assert.Contains("ETag", await RefusedAsync(RowWrite.Replace("row", Columns(1), etag)), StringComparison.Ordinal);
        Assert.Contains("ETag", await RefusedAsync(RowWrite.Delete("row", etag)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1table")]
    [InlineData("my-table")]
    [InlineData("tables")]
    [InlineData("Grüße")]
    [InlineData("A123456789012345678901234567890123456789012345678901234567890123")]
    public async Task A_table_name_that_the_service_does_not_take_is_refused(string table)
    {
        await NotSentAsync(() => Store.ReadAsync(new RowAddress(table, "p", "r"), CancellationToken.None));
        await NotSentAsync(() => Store.WriteAsync(new RowTransaction(new PartitionAddress(table, "p"), [RowWrite.Insert("row", Columns(1))]), CancellationToken.None));
        await NotSentAsync(() => ListAsync(new RowQuery(new PartitionAddress(table, "p"), "")));
    }

    [Fact]
    public async Task A_transaction_that_writes_a_row_twice_is_refused() =>
        Assert.Contains("each row once", await RefusedAsync(RowWrite.Insert("row", Columns(1)), RowWrite.Insert("row", Columns(1))), StringComparison.Ordinal);

    [Fact]
    public Task A_query_of_less_than_no_rows_is_refused() => NotSentAsync(() => ListAsync(new RowQuery(new PartitionAddress("Table1", "p"), "") { Take = -1 }));

    protected static Dictionary<string, object> Columns(int count) => Enumerable.Range(0, count).ToDictionary(index => $"C{index}", object (index) => index);

    protected async Task<ArgumentException> NotSentAsync(Func<Task> call)
    {
        var before = Requests;
        var exception = await Assert.ThrowsAnyAsync<ArgumentException>(call);
        Assert.Equal(before, Requests);
        return exception;
    }

    private async Task ListAsync(RowQuery query)
    {
        await foreach (var _ in Store.QueryAsync(query, CancellationToken.None))
        {
        }
    }

    private async Task AcceptedAsync(params RowWrite[] writes) => Assert.IsType<WriteOutcome.Applied>(
        await Store.WriteAsync(new RowTransaction(new PartitionAddress(AzuriteFixture.NewTableName(), "p"), writes), CancellationToken.None));

    private async Task<string> RefusedAsync(params RowWrite[] writes) =>
        (await NotSentAsync(() => Store.WriteAsync(new RowTransaction(new PartitionAddress(AzuriteFixture.NewTableName(), "p"), writes), CancellationToken.None))).Message;
}
