using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What the cases of the contract share: the store on trial, a table of its own, and promises.</summary>
internal abstract class ContractCases(IRowStore store, string table)
{
    protected IRowStore Store { get; } = store;

    protected string Table { get; } = table;

    protected PartitionAddress Partition => new(Table, "partition");

    protected static Dictionary<string, object> Values(string text) => new() { ["Text"] = text };

    protected static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new ContractViolationException(promise);
        }
    }

    protected static IReadOnlyList<string?> RequireApplied(WriteOutcome outcome, int writes, string what)
    {
        Require(outcome is WriteOutcome.Applied, $"{what} must be applied, but the store answered {outcome}.");
        var etags = ((WriteOutcome.Applied)outcome).ETags;
        Require(etags.Count == writes, $"{what} has {writes} writes, but the store answered {etags.Count} versions.");
        return etags;
    }

    protected static void RequireRefused(WriteOutcome outcome, int index, RefusalReason reason, string what)
    {
        Require(outcome is WriteOutcome.Refused, $"{what} must be refused, but the store answered {outcome}.");
        var refused = (WriteOutcome.Refused)outcome;
        Require(refused.Reason == reason, $"{what} must be refused as {reason}, but the store said {refused.Reason}.");
        Require(refused.Index is null || refused.Index == index, $"{what} was refused by write {index}, but the store blames write {refused.Index}.");
    }

    protected Task<WriteOutcome> WriteAsync(params RowWrite[] writes) => Store.WriteAsync(new RowTransaction(Partition, writes), CancellationToken.None);

    protected Task<Row?> ReadAsync(string rowKey) => Store.ReadAsync(Partition.Row(rowKey), CancellationToken.None);

    protected async Task<string> InsertAsync(string rowKey, string text)
    {
        var etag = RequireApplied(await WriteAsync(RowWrite.Insert(rowKey, Values(text))), 1, $"The insert of '{rowKey}'")[0];
        Require(!string.IsNullOrEmpty(etag), $"The insert of '{rowKey}' must answer a version.");
        return etag!;
    }

    protected async Task<string> ReplaceAsync(string rowKey, string text, string etag) =>
        RequireApplied(await WriteAsync(RowWrite.Replace(rowKey, Values(text), etag)), 1, $"The replace of '{rowKey}' with its current version")[0]!;

    protected async Task RequireTextAsync(string rowKey, string? text)
    {
        var row = await ReadAsync(rowKey);
        Require(row?.GetString("Text") == text, $"The row '{rowKey}' must be {text ?? "absent"}, but it is {row?.GetString("Text") ?? "absent"}.");
    }

    protected async Task<List<Row>> ListAsync(RowQuery query)
    {
        var rows = new List<Row>();
        await foreach (var row in Store.QueryAsync(query, CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    protected static async Task<TException?> CatchAsync<TException>(Func<Task> call)
        where TException : Exception
    {
        try
        {
            await call();
            return null;
        }
        catch (TException exception)
        {
            return exception;
        }
    }
}
