using System.Globalization;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>The rows that name the parked sagas of a group, all in one partition, so that they are found without a scan.</summary>
/// <remarks>
/// No transaction can share that partition with the sagas. So the name is written first and the state after it; a name counts only while the saga really is parked by
/// that very transition. Once the saga has passed it, the name is stale for good and is removed by whoever meets it; before, it may be just about to become true
/// and is left alone.
/// </remarks>
internal sealed class ParkedSagaIndex(RowWriter writer, SagaOptions options)
{
    public IAsyncEnumerable<Row> ListAsync(string group, CancellationToken cancellationToken) => writer.Store.QueryAsync(new RowQuery(PartitionOf(group), ""), cancellationToken);

    /// <exception cref="InvalidDataException">The row is no such name.</exception>
    public static (SagaAddress Address, long Parking) Read(Row name) =>
        name.GetString("Table") is { } table && name.GetString("Partition") is { } partition && name.GetString("Saga") is { } saga && name.GetInt64("Parking") is { } parking
            ? (new SagaAddress(new PartitionAddress(table, partition), saga), parking)
            : throw new InvalidDataException($"The row {name.Address} names no parked saga.");

    public Task RemoveAsync(Row name, CancellationToken cancellationToken) =>
        writer.WriteAsync(name.Address.Partition, [RowWrite.Delete(name.Address.RowKey, name.ETag)], cancellationToken);

    /// <summary>Names a saga that is about to be parked. An earlier attempt may have done so.</summary>
    public Task NoteAsync(SagaAddress address, SagaSnapshot saga)
    {
        var parking = saga.Parking!.Value;
        var key = $"{OperationHash.ComputeText("parked", address.Partition.Table, address.Partition.PartitionKey, address.Id)}|{parking.ToString("D12", CultureInfo.InvariantCulture)}";
        return writer.WriteAsync(
            PartitionOf(saga.Group),
            [RowWrite.Insert(key, new Dictionary<string, object>
            {
                ["Table"] = address.Partition.Table,
                ["Partition"] = address.Partition.PartitionKey,
                ["Saga"] = address.Id,
                ["Parking"] = parking,
            })],
            CancellationToken.None);
    }

    private PartitionAddress PartitionOf(string group) => new(options.ParkedTable, AppNames.KeyOf(options.AppName, $"parked~{group}"));
}
