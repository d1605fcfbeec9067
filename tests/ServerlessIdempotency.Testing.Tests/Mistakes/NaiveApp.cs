using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>What the handlers with mistakes have in common: a store without an engine over it.</summary>
internal abstract class NaiveApp(ProofProcess process)
{
    public static readonly PartitionAddress Partition = new("Business", "merchant");

    protected ProofProcess Process { get; } = process;

    protected Task<Row?> ReadAsync(string key) => Process.Store.ReadAsync(Partition.Row(key), default);

    /// <returns>Whether it was applied.</returns>
    protected async Task<bool> WriteAsync(params RowWrite[] writes) =>
        await Process.Store.WriteAsync(new RowTransaction(Partition, writes), default) is WriteOutcome.Applied;

    protected Task<bool> InsertAsync(string key, string value = "") => WriteAsync(Insert(key, value));

    protected static RowWrite Insert(string key, string value) => RowWrite.Insert(key, new Dictionary<string, object> { ["Value"] = value });

    protected static RowWrite Replace(Row row, string value) => RowWrite.Replace(row.Address.RowKey, new Dictionary<string, object> { ["Value"] = value }, row.ETag);

    protected Task<string> ChargeAsync(string? key) => Process.Outside.CallAsync("charge", key, () => "ch_1");

    protected async Task UntilAsync(DateTimeOffset moment)
    {
        if (moment > Process.Clock.GetUtcNow())
        {
            await Task.Delay(moment - Process.Clock.GetUtcNow(), Process.Clock);
        }
    }

    public static async Task<string?> OnePaymentAsync(ProofEnd end) =>
        (await end.ListAsync(Partition, "payment|")).Count is var count and not 1 ? $"{count} payments." : null;

    public static Task<string?> OneChargeAsync(ProofEnd end) =>
        Task.FromResult(end.Effects.Count is var count and not 1 ? $"{count} charges." : null);
}
