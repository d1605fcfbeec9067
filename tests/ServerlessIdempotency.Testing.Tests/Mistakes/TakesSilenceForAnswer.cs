using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Makes an engine out of the right one that writes the same of a claim that ended without an answer as of one whose answer is not stored.</summary>
internal sealed class TakesSilenceForAnswer(IRowStore inner) : WritesChangedStore(inner)
{
    protected override Task<RowWrite> ChangedAsync(RowWrite.ReplaceRow replace, int index, RowAddress address, CancellationToken cancellationToken) => Task.FromResult(
        replace.Values.GetValueOrDefault("LeaseUntil") is DateTimeOffset until && until == IdempotencyRecord.Unanswered
            ? With(replace, "LeaseUntil", IdempotencyRecord.GivenBack)
            : replace);
}
