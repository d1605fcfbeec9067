using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Answers;

/// <summary>Pages as the service may send them and the emulator does not.</summary>
public sealed class PageTests
{
    private readonly FaultTransport _faults = new();

    [Fact]
    public async Task A_page_that_is_empty_is_not_the_end()
    {
        _faults.Next(
            StorageOperation.Query,
            StorageFault.AnswerPage(hasMore: true),
            StorageFault.AnswerPage(hasMore: true, Entity("a|1")),
            StorageFault.AnswerPage(hasMore: true),
            StorageFault.AnswerPage(hasMore: false, Entity("a|2")));

        var rows = await ListAsync(Store().QueryAsync(new RowQuery(new PartitionAddress("Business", "p"), "a|"), default));

        Assert.Equal(["a|1", "a|2"], rows);
        Assert.Equal(0, _faults.Pending);
    }

    [Fact]
    public async Task A_row_without_a_moment_of_expiry_is_none_that_expired()
    {
        _faults.Next(
            StorageOperation.Query,
            StorageFault.AnswerPage(
                hasMore: false,
                Entity("never"),
                Entity("text", "\"IdempotencyExpiresAt\":\"2020-01-01T00:00:00Z\""),
                Entity("expired", "\"IdempotencyExpiresAt@odata.type\":\"Edm.DateTime\",\"IdempotencyExpiresAt\":\"2020-01-01T00:00:00Z\""),
                Entity("later", "\"IdempotencyExpiresAt@odata.type\":\"Edm.DateTime\",\"IdempotencyExpiresAt\":\"2030-01-01T00:00:00Z\"")));

        var rows = await ListAsync(Store().QueryExpiredAsync("Business", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), default));

        Assert.Equal(["expired"], rows);
    }

    // No call reaches the network: every answer is the script's.
    private TableStorageRowStore Store() => new(new TableStorageOptions { ConnectionString = "UseDevelopmentStorage=true", ConfigureClient = _faults.AddTo });

    private static string Entity(string rowKey, params IEnumerable<string> columns) => $$"""
        {{{string.Join(',', ["\"odata.etag\":\"W/\\\"1\\\"\"", "\"PartitionKey\":\"p\"", $"\"RowKey\":\"{rowKey}\"", .. columns])}}}
        """;

    private static async Task<List<string>> ListAsync(IAsyncEnumerable<Row> rows)
    {
        var keys = new List<string>();
        await foreach (var row in rows)
        {
            keys.Add(row.Address.RowKey);
        }

        return keys;
    }
}
