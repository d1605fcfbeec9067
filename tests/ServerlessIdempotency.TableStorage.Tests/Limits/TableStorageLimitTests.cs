using Azure;
using Azure.Data.Tables;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Limits;

/// <summary>Refused before anything is sent; Azurite would accept some of it.</summary>
[Collection(OneAzurite.Name)]
public sealed class TableStorageLimitTests : LimitCases
{
    private readonly StorageCallRecorder _recorder = new();
    private readonly AzuriteFixture _azurite;
    private readonly TableStorageRowStore _store;

    public TableStorageLimitTests(AzuriteFixture azurite)
    {
        _azurite = azurite;
        _store = azurite.CreateStore(options => options.ConfigureClient = _recorder.AddTo);
    }

    protected override IRowStore Store => _store;

    protected override int Requests => _recorder.Calls.Count;

    [Theory]
    [InlineData("my-table")]
    [InlineData("tables")]
    public Task A_table_of_a_name_that_the_service_does_not_take_is_not_made(string table) => NotSentAsync(() => _store.EnsureTablesAsync([table], CancellationToken.None));

    /// <summary>What is refused here is no invention of ours, as far as Azurite knows the limit: sent by the SDK itself, it is not taken.</summary>
    [Theory]
    [InlineData("a string of more than 64 KiB")]
    [InlineData("a row twice")]
    [InlineData("a forbidden key")]
    [InlineData("a long binary")]
    [InlineData("a long key")]
    public async Task Azurite_refuses_it_too(string what)
    {
        var table = new TableServiceClient(_azurite.ConnectionString).GetTableClient(AzuriteFixture.NewTableName());
        await table.CreateAsync();

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => what switch
        {
            "a string of more than 64 KiB" => table.AddEntityAsync(Entity("row", new string('x', 32_769))),
            "a row twice" => SubmitAsync(Entity("row", 1), Entity("row", 2)),
            "a forbidden key" => table.AddEntityAsync(Entity("a/b", 1)),
            "a long binary" => table.AddEntityAsync(Entity("row", new byte[65_537])),
            _ => table.AddEntityAsync(Entity(new string('k', 513), 1)),
        });

        Assert.InRange(Assert.IsAssignableFrom<RequestFailedException>(failure).Status, 400, 499);

        Task SubmitAsync(params TableEntity[] entities) => table.SubmitTransactionAsync(entities.Select(entity => new TableTransactionAction(TableTransactionActionType.Add, entity)));
    }

    private static TableEntity Entity(string rowKey, object value) => new("p", rowKey) { ["C"] = value };
}
