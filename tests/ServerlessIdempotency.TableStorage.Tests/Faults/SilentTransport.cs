using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessIdempotency.TableStorage.Tests.Faults;

/// <summary>A network that takes every request and never answers.</summary>
internal sealed class SilentTransport : HttpPipelineTransport
{
    private int _attempts;

    public int Attempts => _attempts;

    public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The library calls asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Interlocked.Increment(ref _attempts);
        await Task.Delay(Timeout.Infinite, message.CancellationToken);
    }
}
