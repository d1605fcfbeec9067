using Payments.Partitions;
using ServerlessIdempotency.Conditional;
using ServerlessIdempotency.Rows;

namespace Payments.Stock;

/// <summary>
/// Sets, reserves and releases stock. Every change is decided on the stock as it is and written only onto that, with the reservation in the same
/// transaction: the stock never goes below zero, and a reservation or a release counts once however often it is asked for.
/// </summary>
internal sealed class StockRoom(RowWriter writer, ConditionalUpdate update)
{
    private const int MaxAttempts = ConditionalUpdate.MaxAttempts;

    public async Task<StockLevel?> FindAsync(MerchantId merchant, Sku sku, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(StockRow.PartitionOf(merchant, sku).Row(StockRow.Key), cancellationToken) is { } row ? StockRow.ToLevel(sku, row) : null;

    /// <summary>Sets how many units there are, those that orders hold included: so the same call again changes nothing, whatever was ordered in between.</summary>
    public async Task<SetStockOutcome> SetAsync(MerchantId merchant, Sku sku, long quantity, CancellationToken cancellationToken)
    {
        var partition = StockRow.PartitionOf(merchant, sku);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            StockLevel? level = null;
            switch (await update.UpdateAsync(partition.Row(StockRow.Key), Decide, cancellationToken))
            {
                case ConditionalOutcome.Updated updated:
                    return new SetStockOutcome.Set(StockRow.ToLevel(sku, updated.Row));
                case ConditionalOutcome.ConditionFailed:
                    return new SetStockOutcome.BelowReserved(level!.Reserved);
                case ConditionalOutcome.Contended:
                    return new SetStockOutcome.Contended();
            }

            // There is none yet. Where another caller is faster, its row is what is set next time round.
            if (await writer.WriteAsync(partition, [RowWrite.Insert(StockRow.Key, StockRow.ToValues(quantity, reserved: 0))], cancellationToken) is CommitOutcome.Written)
            {
                return new SetStockOutcome.Set(new StockLevel(sku.Value, quantity, Reserved: 0));
            }

            Task<ConditionalChange?> Decide(Row row, CancellationToken _)
            {
                level = StockRow.ToLevel(sku, row);
                return Task.FromResult(quantity < level.Reserved ? null : new ConditionalChange(StockRow.ToValues(quantity - level.Reserved, level.Reserved)));
            }
        }

        return new SetStockOutcome.Contended();
    }

    /// <summary>Holds units under a key, if they are not held under it already.</summary>
    public async Task<ReserveOutcome> ReserveAsync(MerchantId merchant, Sku sku, long quantity, string key, CancellationToken cancellationToken)
    {
        var partition = StockRow.PartitionOf(merchant, sku);
        ReserveOutcome? refusal = null;
        return await update.UpdateAsync(partition.Row(StockRow.Key), DecideAsync, cancellationToken) switch
        {
            ConditionalOutcome.Updated => new ReserveOutcome.Reserved(),
            ConditionalOutcome.ConditionFailed => refusal!,
            ConditionalOutcome.NotFound => new ReserveOutcome.NoSuchSku(),
            _ => new ReserveOutcome.Contended(),
        };

        async Task<ConditionalChange?> DecideAsync(Row row, CancellationToken token)
        {
            var level = StockRow.ToLevel(sku, row);
            refusal = await FindReservationAsync(partition, key, token) switch
            {
                (_, { IsReleased: true }) => new ReserveOutcome.ReleasedBefore(),
                (_, { IsReleased: false }) => new ReserveOutcome.Reserved(),
                _ when level.Available < quantity => new ReserveOutcome.Short(level.Available),
                _ => null,
            };
            return refusal is not null ? null : new ConditionalChange(StockRow.ToValues(level.Available - quantity, level.Reserved + quantity))
            {
                // Refused where the same key reserves or releases at this moment; then that is looked at.
                Beside = [RowWrite.Insert(Reservation.KeyOf(key), new Reservation(quantity, IsReleased: false).ToValues())],
            };
        }
    }

    /// <summary>Gives back what is held under a key, if anything is, and sees to it that nothing ever is again.</summary>
    /// <returns>False where too many others were at it; nothing is given back.</returns>
    public async Task<bool> ReleaseAsync(MerchantId merchant, Sku sku, string key, CancellationToken cancellationToken)
    {
        var partition = StockRow.PartitionOf(merchant, sku);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            switch (await FindReservationAsync(partition, key, cancellationToken))
            {
                case (_, { IsReleased: true }):
                    return true;
                case null:
                    var tombstone = RowWrite.Insert(Reservation.KeyOf(key), new Reservation(0, IsReleased: true).ToValues());
                    if (await writer.WriteAsync(partition, [tombstone], cancellationToken) is CommitOutcome.Written)
                    {
                        return true;
                    }

                    // A late reservation was faster: it is released in the next round.
                    break;
                default:
                    if (await update.UpdateAsync(partition.Row(StockRow.Key), GiveBackAsync, cancellationToken) is ConditionalOutcome.Updated or ConditionalOutcome.ConditionFailed)
                    {
                        return true;
                    }

                    return false;
            }
        }

        return false;

        async Task<ConditionalChange?> GiveBackAsync(Row row, CancellationToken token)
        {
            if (await FindReservationAsync(partition, key, token) is not var (etag, held) || held.IsReleased)
            {
                return null;
            }

            var level = StockRow.ToLevel(sku, row);
            return new ConditionalChange(StockRow.ToValues(level.Available + held.Quantity, level.Reserved - held.Quantity))
            {
                Beside = [RowWrite.Replace(Reservation.KeyOf(key), (held with { IsReleased = true }).ToValues(), etag)],
            };
        }
    }

    public async Task<bool> IsReservedAsync(MerchantId merchant, Sku sku, string key, CancellationToken cancellationToken) =>
        await FindReservationAsync(StockRow.PartitionOf(merchant, sku), key, cancellationToken) is (_, { IsReleased: false });

    private async Task<(string ETag, Reservation Reservation)?> FindReservationAsync(PartitionAddress partition, string key, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(partition.Row(Reservation.KeyOf(key)), cancellationToken) is { } row ? (row.ETag, Reservation.FromRow(row)) : null;
}
