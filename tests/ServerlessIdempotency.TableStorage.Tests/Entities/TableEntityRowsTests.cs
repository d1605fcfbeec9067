using Azure;
using Azure.Data.Tables;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage.Entities;

namespace ServerlessIdempotency.TableStorage.Tests.Entities;

[Collection(OneAzurite.Name)]
public sealed class TableEntityRowsTests(AzuriteFixture azurite)
{
    private readonly PartitionAddress _partition = new(AzuriteFixture.NewTableName(), "p");

    [Fact]
    public async Task An_entity_is_written_and_read_back_as_the_sdk_itself_would_read_it()
    {
        var store = azurite.CreateStore();
        ITableEntity invoice = NewInvoice();

        await WriteAsync(store, TableEntityRows.Insert(_partition, invoice));

        var row = (await store.ReadAsync(_partition.Row("invoice"), CancellationToken.None))!;
        Assert.Equal(["Cents", "Customer", "Day", "Due", "Scan"], row.Values.Keys.Order());
        var mine = TableEntityRows.ToEntity<Invoice>(row);
        var sdks = (await new TableClient(azurite.ConnectionString, _partition.Table).GetEntityAsync<Invoice>("p", "invoice")).Value;
        foreach (var read in new[] { mine, sdks })
        {
            Assert.Equal(("p", "invoice", row.ETag), (read.PartitionKey, read.RowKey, read.ETag.ToString()));
            Assert.Equal((12_345L, null, DayOfWeek.Friday, "Ada", null), (read.Cents, read.Discount, read.Day, read.CustomerName, read.Note));
            Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), read.Due);
            Assert.Equal([1, 2, 3], read.Scan!.ToArray());
        }
    }

    [Fact]
    public async Task A_replace_and_a_delete_are_guarded_by_the_entitys_own_etag()
    {
        var store = azurite.CreateStore();
        await WriteAsync(store, TableEntityRows.Insert(_partition, NewInvoice()));
        var first = TableEntityRows.ToEntity<Invoice>((await store.ReadAsync(_partition.Row("invoice"), CancellationToken.None))!);
        first.Cents = 1;

        Assert.IsType<WriteOutcome.Applied>(await WriteAsync(store, TableEntityRows.Replace(_partition, first)));

        Assert.Equal(new WriteOutcome.Refused(0, RefusalReason.Stale), await WriteAsync(store, TableEntityRows.Replace(_partition, first)));
        Assert.Equal(new WriteOutcome.Refused(0, RefusalReason.Stale), await WriteAsync(store, TableEntityRows.Delete(_partition, first)));
        var second = TableEntityRows.ToEntity((await store.ReadAsync(_partition.Row("invoice"), CancellationToken.None))!);
        Assert.Equal(1L, second["Cents"]);
        Assert.IsType<WriteOutcome.Applied>(await WriteAsync(store, TableEntityRows.Delete(_partition, second)));
    }

    [Fact]
    public void A_table_entity_gives_its_columns_and_keeps_back_its_keys()
    {
        var write = (RowWrite.InsertRow)TableEntityRows.Insert(_partition, new TableEntity("p", "row") { ["Text"] = "text", ["Null"] = null });

        Assert.Equal(["Text"], write.Values.Keys);
    }

    [Fact]
    public void An_entity_without_an_etag_guards_nothing_and_is_refused()
    {
        Assert.Contains("read it first", Assert.Throws<ArgumentException>(() => TableEntityRows.Replace(_partition, NewInvoice())).Message, StringComparison.Ordinal);

        var unguarded = NewInvoice();
        unguarded.ETag = ETag.All;
        Assert.Throws<ArgumentException>(() => TableEntityRows.Delete(_partition, unguarded));
    }

    [Fact]
    public void An_entity_of_another_partition_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => TableEntityRows.Insert(_partition, new TableEntity("other", "row")));

        Assert.Contains("'other'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_another_type_than_the_property_is_named()
    {
        var row = new Row(_partition.Row("row"), "W/\"1\"", new Dictionary<string, object> { ["Cents"] = "many" });

        Assert.Contains("Invoice.Cents", Assert.Throws<InvalidCastException>(() => TableEntityRows.ToEntity<Invoice>(row)).Message, StringComparison.Ordinal);
    }

    private static Invoice NewInvoice() => new()
    {
        RowKey = "invoice",
        Cents = 12_345,
        Day = DayOfWeek.Friday,
        Due = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Scan = BinaryData.FromBytes((byte[])[1, 2, 3]),
        CustomerName = "Ada",
        Note = "not kept",
    };

    private Task<WriteOutcome> WriteAsync(TableStorageRowStore store, RowWrite write) =>
        store.WriteAsync(new RowTransaction(_partition, [write]), CancellationToken.None);
}
