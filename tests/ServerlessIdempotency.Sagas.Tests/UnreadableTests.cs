using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>One row that can't be read hides none of the others from a person.</summary>
public sealed class UnreadableTests
{
    private readonly SagaWorld _world = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_unreadable_saga_or_name_does_not_end_the_list_of_parked_ones(bool isName)
    {
        _world.Known = _ => new AdHocSaga(new AdHocStep("charge", () => new StepOutcome.OutcomeUnknown("No reply.")));
        await _world.StartAsync();
        await _world.DeliverAsync();
        var bad = new SagaAddress(SagaWorld.Address.Partition, "bad");
        await _world.Memory.WriteAsync(new RowTransaction(bad.Partition, [RowWrite.Insert(bad.Row.RowKey, new Dictionary<string, object> { ["SchemaVersion"] = 99 })]), default);

        // Before the good one.
        await _world.Memory.WriteAsync(
            new RowTransaction(new PartitionAddress(_world.Options.ParkedTable, "parked~all"), [RowWrite.Insert("!", isName ? new Dictionary<string, object>() : new Dictionary<string, object> { ["Table"] = bad.Partition.Table, ["Partition"] = bad.Partition.PartitionKey, ["Saga"] = bad.Id, ["Parking"] = 1L })]),
            default);

        Assert.Equal(SagaWorld.Address, Assert.Single(await ParkedTests.ListAsync(_world)).Address);
    }
}
