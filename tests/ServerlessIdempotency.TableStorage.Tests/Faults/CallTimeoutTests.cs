using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Faults;

/// <summary>A storage that takes a call and never answers is given up after the time of the call, not after that of each of its attempts.</summary>
public sealed class CallTimeoutTests
{
    private readonly SilentTransport _network = new();

    // Guards the limit of a call: without it each would be attempted eleven times.
    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("query")]
    [InlineData("create a table")]
    public async Task A_call_that_is_never_answered_is_given_up_in_its_time(string call)
    {
        var store = new TableStorageRowStore(new TableStorageOptions
        {
            ConnectionString = "UseDevelopmentStorage=true",
            MaxRetries = 10,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(1),
            NetworkTimeout = TimeSpan.FromMilliseconds(300),
            CallTimeout = TimeSpan.FromMilliseconds(300),
            ConfigureClient = client => client.Transport = _network,
        });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => call switch
        {
            "read" => store.ReadAsync(new RowAddress("Business", "p", "r"), default),
            "write" => store.WriteAsync(new RowTransaction(new PartitionAddress("Business", "p"), [RowWrite.Insert("r", new Dictionary<string, object>())]), default),
            "query" => ReadAllAsync(store),
            _ => store.EnsureTablesAsync(["Business"], default),
        });

        Assert.InRange(_network.Attempts, 1, 2);
    }

    private static async Task ReadAllAsync(TableStorageRowStore store)
    {
        await foreach (var _ in store.QueryAsync(new RowQuery(new PartitionAddress("Business", "p"), "r"), default))
        {
        }
    }
}
