using System.Globalization;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>An app that adds to a balance in single trips: a row that is read and replaced, and one that is inserted.</summary>
internal sealed class SingleTripApp(ProofProcess process)
{
    public IdempotencyEngine Engine { get; } = process.StartEngine();

    /// <summary>A mistake: the handler calls the outside, with a client that it was given.</summary>
    public bool CallsOutside { get; init; }

    /// <summary>By an engine that claims, as another channel of the same operation may.</summary>
    public async Task<ProofAnswer> AddClaimedAsync() => ProofAnswer.Of(await Engine.ExecuteAsync(
        EngineApp.Operation(), (context, token) => AddAsync(context.OperationHash, token), default));

    public async Task<ProofAnswer> AddAsync(string? key = null) => ProofAnswer.Of(await Engine.ExecuteSingleTripAsync(
        key is null ? EngineApp.Operation() : EngineApp.Operation() with { Key = Keys.IdempotencyKey.Create(key) },
        async (context, token) =>
        {
            if (CallsOutside)
            {
                await process.Outside.CallAsync("charge", null, () => "ch_1", token);
            }

            return await AddAsync(context.OperationHash, token);
        },
        default));

    public static async Task<string?> IsAddedAsync(ProofEnd end, int times)
    {
        var balance = (await end.ListAsync(EngineApp.Partition, "balance")).SingleOrDefault()?.GetString("Value");
        var entries = (await end.ListAsync(EngineApp.Partition, "entry|")).Count;
        return balance == times.ToString(CultureInfo.InvariantCulture) && entries == times ? null : $"the balance is {balance ?? "nothing"} by {entries} entries.";
    }

    private async Task<HandlerOutcome<OperationResult>> AddAsync(string operationHash, CancellationToken cancellationToken)
    {
        var balance = await process.Store.ReadAsync(EngineApp.Partition.Row("balance"), cancellationToken);
        var values = new Dictionary<string, object>
        {
            ["Value"] = (int.Parse(balance?.GetString("Value") ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture),
        };
        return HandlerOutcome.Completed(
            new OperationResult(201, [], "added"u8.ToArray()),
            rows:
            [
                balance is null ? RowWrite.Insert("balance", values) : RowWrite.Replace("balance", values, balance.ETag),
                RowWrite.Insert($"entry|{operationHash}", new Dictionary<string, object>()),
            ]);
    }
}
