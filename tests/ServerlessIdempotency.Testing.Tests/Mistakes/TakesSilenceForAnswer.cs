using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Makes an engine out of the right one that writes the same of a claim that ended without an answer as of one whose answer is not stored.</summary>
internal sealed class TakesSilenceForAnswer(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        inner.WriteAsync(transaction with { Writes = [.. transaction.Writes.Select(Changed)] }, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    private static RowWrite Changed(RowWrite write) => write is RowWrite.ReplaceRow replace && replace.Values.GetValueOrDefault("LeaseUntil") is DateTimeOffset until && until == IdempotencyRecord.Unanswered
        ? replace with { Values = new Dictionary<string, object>(replace.Values) { ["LeaseUntil"] = IdempotencyRecord.GivenBack } }
        : write;
}
