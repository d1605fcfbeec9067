using System.Text;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Engine;

/// <summary>The budgets of messages that are applied in one transaction, counted on the wire of a real Azurite.</summary>
[Collection(OneAzurite.Name)]
public sealed class InboxBudgetTests(AzuriteFixture azurite)
{
    private readonly EngineOnTables _tables = new(azurite);
    private readonly StorageCallRecorder _recorder = new();

    [Fact]
    public async Task A_new_message_is_one_transaction()
    {
        await _tables.CreateTableAsync();

        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(deliveryCount: 1));

        Assert.Equal([StorageOperation.Transaction], Calls());
        Assert.Single(await _tables.RowsAsync("entry|"));
    }

    // Only the row tells whether it is the same event, within its retention, or this write's own lost reply.
    [Fact]
    public async Task A_duplicate_sent_again_costs_one_refused_transaction_and_one_read()
    {
        await _tables.CreateTableAsync();
        await ApplyAsync(deliveryCount: 1);
        _recorder.Clear();

        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(deliveryCount: 1));

        Assert.Equal([StorageOperation.Transaction, StorageOperation.Read], Calls());
        Assert.Single(await _tables.RowsAsync("entry|"));
    }

    [Fact]
    public async Task A_duplicate_that_says_it_came_before_is_one_read()
    {
        await _tables.CreateTableAsync();
        await ApplyAsync(deliveryCount: 1);
        _recorder.Clear();

        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(deliveryCount: 2));

        Assert.Equal([StorageOperation.Read], Calls());
    }

    private async Task<InboxOutcome> ApplyAsync(int deliveryCount)
    {
        using var inbox = _tables.NewInbox(_recorder);
        var message = new InboundMessage(Encoding.UTF8.GetBytes("5")) { MessageId = "e-1", DeliveryCount = deliveryCount };
        return await inbox.ApplyAsync(
            new InboxDelivery("statement", message),
            _tables.Partition,
            (context, _) => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert($"entry|{context.OperationHash}", new Dictionary<string, object> { ["Amount"] = 5L })] }),
            default);
    }

    private IEnumerable<StorageOperation> Calls() => _recorder.Calls.Select(call => call.Operation);
}
