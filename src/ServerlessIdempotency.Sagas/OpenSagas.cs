using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// The rows <c>saga-open|{id}</c> that name the sagas of a partition that have not ended, so that they are found without a look at those that have. One is committed
/// together with its saga; the sweeper removes it after the end, which spares the saga a read.
/// </summary>
internal sealed class OpenSagas(IRowStore store) : IUnfinishedWork
{
    public static RowWrite ToInsert(SagaAddress address) => RowWrite.Insert(RowKeyPrefixes.OpenSaga + address.Id, new Dictionary<string, object>());

    public static SagaAddress ToSaga(Row row) => new(row.Address.Partition, row.Address.RowKey[RowKeyPrefixes.OpenSaga.Length..]);

    public IAsyncEnumerable<Row> ListAsync(PartitionAddress partition, CancellationToken cancellationToken) =>
        store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga), cancellationToken);

    public async Task<bool> IsAnyAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        await foreach (var _ in store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga) { Take = 1 }, cancellationToken))
        {
            return true;
        }

        return false;
    }
}
