using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Engine;

/// <summary>The requests of a batch, counted as they leave for Azurite.</summary>
[Collection(OneAzurite.Name)]
public sealed class BatchTripTests(AzuriteFixture azurite)
{
    private readonly StorageCallRecorder _recorder = new();

    [Fact]
    public async Task A_batch_of_100_messages_with_a_row_each_is_two_transactions()
    {
        var (store, partition) = await StartAsync();
        Assert.All(await ApplyAsync(store, partition, deliveryCount: 1), outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal([(StorageOperation.Transaction, 202), (StorageOperation.Transaction, 202)], Calls());
    }

    // 100 requests, and one trip: each is sent before the first is answered, as the inbox's own tests show.
    [Fact]
    public async Task Where_duplicates_are_looked_up_each_mark_is_read_once()
    {
        var (store, partition) = await StartAsync();
        Assert.All(await ApplyAsync(store, partition, deliveryCount: 2), outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(
            [.. Enumerable.Repeat((StorageOperation.Read, 404), 100), (StorageOperation.Transaction, 202), (StorageOperation.Transaction, 202)],
            Calls());

        _recorder.Clear();
        Assert.All(await ApplyAsync(store, partition, deliveryCount: 3), outcome => Assert.IsType<InboxOutcome.Duplicate>(outcome));
        Assert.Equal(Enumerable.Repeat((StorageOperation.Read, 200), 100), Calls());
    }

    // Larger together than Table Storage takes: halved before anything is sent.
    [Fact]
    public async Task Rows_that_are_too_large_together_are_more_transactions_and_no_failure()
    {
        var (store, partition) = await StartAsync();
        var outcomes = await ApplyAsync(store, partition, deliveryCount: 1, values: Enumerable.Range(0, 12).ToDictionary(number => $"Column{number}", _ => (object)new byte[60 * 1024]), count: 10);
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.All(Calls(), call => Assert.Equal((StorageOperation.Transaction, 202), call));
        Assert.InRange(_recorder.Calls.Count, 2, 5);
    }

    private async Task<(IRowStore Store, PartitionAddress Partition)> StartAsync()
    {
        var store = azurite.CreateStore(options => options.ConfigureClient = _recorder.AddTo);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        await store.EnsureTablesAsync([partition.Table], CancellationToken.None);
        _recorder.Clear();
        return (store, partition);
    }

    private static async Task<IReadOnlyList<InboxOutcome>> ApplyAsync(
        IRowStore store, PartitionAddress partition, int deliveryCount, Dictionary<string, object>? values = null, int count = 100)
    {
        var writer = new RowWriter(store, new RowWriterOptions(), TimeProvider.System);
        using var engine = new IdempotencyEngine(writer, new IdempotencyOptions(), TimeProvider.System, NullLogger<IdempotencyEngine>.Instance);
        using var inbox = new MessageInbox(writer, engine, new InboxOptions(), TimeProvider.System, NullLogger<MessageInbox>.Instance);
        return await inbox.ExecuteBatchAsync(
            [.. Enumerable.Range(0, count).Select(number => new InboxDelivery("entries", new InboundMessage("{}"u8.ToArray()) { MessageId = $"m-{number}", DeliveryCount = deliveryCount }))],
            _ => partition,
            (context, _) => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert($"entry|{context.OperationHash}", values ?? [])] }),
            CancellationToken.None);
    }

    private IEnumerable<(StorageOperation, int)> Calls() => _recorder.Calls.Select(call => (call.Operation, call.Status ?? 0));
}
