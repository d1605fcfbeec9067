using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Makes an engine out of the right one that records nothing of a step whose result is too large.</summary>
internal sealed class ForgetsLargeSteps(IRowStore inner) : WritesChangedStore(inner)
{
    protected override Task<RowWrite> ChangedAsync(RowWrite.ReplaceRow replace, int index, RowAddress address, CancellationToken cancellationToken) => Task.FromResult(
        replace.Values.GetValueOrDefault("Steps") is byte[] steps
            ? With(replace, "Steps", StepsCodec.Encode(StepsCodec.Decode(steps).Where(step => step.Value is not null).ToDictionary()))
            : replace);
}
