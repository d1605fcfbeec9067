using Azure;
using Azure.Core;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>Repeats at once: the SDK's pauses are real time, which a proof does not control.</summary>
internal sealed class NoPause : DelayStrategy
{
    protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber) => TimeSpan.Zero;
}
