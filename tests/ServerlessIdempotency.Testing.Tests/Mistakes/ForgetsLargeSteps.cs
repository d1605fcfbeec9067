using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Makes an engine out of the right one that records nothing of a step whose result is too large.</summary>
internal sealed class ForgetsLargeSteps(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        inner.WriteAsync(transaction with { Writes = [.. transaction.Writes.Select(Changed)] }, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    private static RowWrite Changed(RowWrite write)
    {
        if (write is not RowWrite.ReplaceRow replace || replace.Values.GetValueOrDefault("Steps") is not byte[] steps)
        {
            return write;
        }

        var kept = StepsCodec.Decode(steps).Where(step => step.Value is not null).ToDictionary();
        return replace with { Values = new Dictionary<string, object>(replace.Values) { ["Steps"] = StepsCodec.Encode(kept) } };
    }
}
