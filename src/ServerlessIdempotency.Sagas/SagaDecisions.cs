using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>The decisions about sagas, a row each beside its saga.</summary>
internal sealed class SagaDecisions(RowWriter writer, SagaOptions options)
{
    public static RowWrite ToInsert(SagaAddress address, ParkedResolution resolution) => RowWrite.Insert(KeyOf(address, resolution.Parking), new Dictionary<string, object>
    {
        ["Parking"] = resolution.Parking,
        ["Decision"] = resolution.Decision.ToString(),
        ["Note"] = resolution.Note,
        ["By"] = resolution.By,
        ["At"] = resolution.At,
        ["Step"] = resolution.Step,
        ["Reason"] = resolution.Reason,
    });

    /// <summary>The one about a parking; null where there is none yet.</summary>
    public async Task<ParkedResolution?> FindAsync(SagaAddress address, long parking, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(address.Partition.Row(KeyOf(address, parking)), cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Those about a saga, oldest first.</summary>
    public async IAsyncEnumerable<ParkedResolution> ListAsync(SagaAddress address, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(address, cancellationToken))
        {
            yield return Read(row);
        }
    }

    /// <summary>They are kept while the saga is open, however long that is, and then as long as the saga. One about which nobody had to decide costs nothing.</summary>
    public async Task LetExpireAsync(SagaAddress address, SagaSnapshot ended, CancellationToken cancellationToken)
    {
        if (options.Retention == TimeSpan.Zero || ended.Decisions == 0)
        {
            return;
        }

        await foreach (var row in RowsAsync(address, cancellationToken))
        {
            if (row.GetDateTimeOffset(RowColumns.ExpiresAt) is null)
            {
                // Refused, another sweeper has done it.
                var values = new Dictionary<string, object>(row.Values) { [RowColumns.ExpiresAt] = ended.EndedAt!.Value + options.Retention };
                await writer.WriteAsync(address.Partition, [RowWrite.Replace(row.Address.RowKey, values, row.ETag)], cancellationToken);
            }
        }
    }

    private IAsyncEnumerable<Row> RowsAsync(SagaAddress address, CancellationToken cancellationToken) => writer.Store.QueryAsync(new RowQuery(address.Partition, PrefixOf(address)), cancellationToken);

    private static string PrefixOf(SagaAddress address) => $"{RowKeyPrefixes.SagaAudit}{address.Id}|";

    private static string KeyOf(SagaAddress address, long parking) => PrefixOf(address) + parking.ToString("D12", CultureInfo.InvariantCulture);

    private static ParkedResolution Read(Row row) => new(
        row.GetInt64("Parking")!.Value,
        Enum.Parse<ParkedDecision>(row.GetString("Decision")!),
        row.GetString("Note")!,
        row.GetString("By")!,
        row.GetDateTimeOffset("At")!.Value,
        row.GetString("Step")!,
        row.GetString("Reason")!);
}
