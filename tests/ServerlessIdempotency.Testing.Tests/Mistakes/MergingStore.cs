using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A store whose replace merges: columns that the new row does not have stay as they were.</summary>
internal sealed class MergingStore(IRowStore inner) : WritesChangedStore(inner)
{
    protected override async Task<RowWrite> ChangedAsync(RowWrite.ReplaceRow replace, int index, RowAddress address, CancellationToken cancellationToken)
    {
        if (await ReadAsync(address, cancellationToken) is not { } current)
        {
            return replace;
        }

        var values = new Dictionary<string, object>(current.Values);
        foreach (var (column, value) in replace.Values)
        {
            values[column] = value;
        }

        return replace with { Values = values };
    }
}
