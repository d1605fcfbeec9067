using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A store that honours the guard of a transaction's first write and ignores those of the others.</summary>
internal sealed class ETagBlindStore(IRowStore inner) : WritesChangedStore(inner)
{
    protected override async Task<RowWrite> ChangedAsync(RowWrite.ReplaceRow replace, int index, RowAddress address, CancellationToken cancellationToken) =>
        index > 0 && await ReadAsync(address, cancellationToken) is { } current ? replace with { ETag = current.ETag } : replace;
}
