using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Faults;

/// <summary>Each call of the port is one round trip, where nothing goes wrong.</summary>
[Collection(OneAzurite.Name)]
public sealed class RoundTripTests(AzuriteFixture azurite)
{
    private readonly StorageCallRecorder _recorder = new();

    [Fact]
    public async Task Each_call_of_the_port_is_one_round_trip()
    {
        var store = azurite.CreateStore(options => options.ConfigureClient = _recorder.AddTo);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        await store.EnsureTablesAsync([partition.Table], CancellationToken.None);
        _recorder.Clear();

        var inserted = (WriteOutcome.Applied)await WriteAsync(RowWrite.Insert("a", Values()));
        var replaced = (WriteOutcome.Applied)await WriteAsync(RowWrite.Replace("a", Values(), inserted.ETags[0]!));
        await WriteAsync(RowWrite.Replace("a", Values(), replaced.ETags[0]!), RowWrite.Insert("b", Values()), RowWrite.Insert("c", Values()));
        var row = await store.ReadAsync(partition.Row("a"), CancellationToken.None);
        await WriteAsync(RowWrite.Delete("a", row!.ETag));
        await WriteAsync(RowWrite.Delete("a", row.ETag));
        await foreach (var _ in store.QueryAsync(new RowQuery(partition, ""), CancellationToken.None))
        {
        }

        Assert.Equal(
            [
                (StorageOperation.Insert, 204), (StorageOperation.Update, 204), (StorageOperation.Transaction, 202), (StorageOperation.Read, 200),
                (StorageOperation.Delete, 204), (StorageOperation.Delete, 404), (StorageOperation.Query, 200),
            ],
            _recorder.Calls.Select(call => (call.Operation, call.Status ?? 0)));

        Task<WriteOutcome> WriteAsync(params RowWrite[] writes) => store.WriteAsync(new RowTransaction(partition, writes), CancellationToken.None);
    }

    [Fact]
    public async Task A_missing_table_is_created_once_and_the_insert_sent_again()
    {
        var store = azurite.CreateStore(options => options.ConfigureClient = _recorder.AddTo);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");

        await store.WriteAsync(new RowTransaction(partition, [RowWrite.Insert("a", Values())]), CancellationToken.None);
        await store.WriteAsync(new RowTransaction(partition, [RowWrite.Insert("b", Values())]), CancellationToken.None);

        Assert.Equal(
            [(StorageOperation.Insert, 404), (StorageOperation.Table, 204), (StorageOperation.Insert, 204), (StorageOperation.Insert, 204)],
            _recorder.Calls.Select(call => (call.Operation, call.Status ?? 0)));
    }

    [Fact]
    public async Task A_repeated_transaction_of_100_deletes_is_two_round_trips_after_one_another()
    {
        var store = azurite.CreateStore(options => options.ConfigureClient = _recorder.AddTo);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        var inserts = Enumerable.Range(0, 100).Select(index => RowWrite.Insert($"{index}", Values())).ToArray();
        var applied = (WriteOutcome.Applied)await store.WriteAsync(new RowTransaction(partition, inserts), CancellationToken.None);
        var deletes = new RowTransaction(partition, [.. inserts.Select((insert, index) => RowWrite.Delete(insert.RowKey, applied.ETags[index]!))]);
        await store.WriteAsync(deletes, CancellationToken.None);
        _recorder.Clear();

        Assert.IsType<WriteOutcome.Applied>(await store.WriteAsync(deletes, CancellationToken.None));

        Assert.Single(_recorder.Calls, call => call.Operation == StorageOperation.Transaction);
        Assert.Equal(100, _recorder.Calls.Count(call => call.Operation == StorageOperation.Read));
    }

    private static Dictionary<string, object> Values() => new() { ["Text"] = "text" };
}
