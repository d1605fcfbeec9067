using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Conditional;

/// <summary>What is written where a row meets the condition.</summary>
/// <param name="Values">The row's new columns; a column left out is gone.</param>
public sealed record ConditionalChange(IReadOnlyDictionary<string, object> Values)
{
    /// <summary>Guarded writes to other rows of the same partition, in the same transaction. None by default, at most 99.</summary>
    public IReadOnlyList<RowWrite> Beside { get; init; } = [];
}
