using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace TestDoubles.Storage;

/// <summary>Records every call that goes over the wire, repetitions by the SDK included, so that tests can assert budgets of round trips.</summary>
public sealed class StorageCallRecorder : HttpPipelinePolicy
{
    private readonly Lock _lock = new();
    private readonly List<StorageCall> _calls = [];

    /// <summary>The calls so far, in the order of their answers.</summary>
    public IReadOnlyList<StorageCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Adds the recorder to a client: <c>o.ConfigureClient = recorder.AddTo</c>.</summary>
    public void AddTo(TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddPolicy(this, HttpPipelinePosition.PerRetry);
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _calls.Clear();
        }
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var call = StorageCall.Of(message.Request);
        try
        {
            ProcessNext(message, pipeline);
            call = call with { Status = message.Response.Status };
        }
        finally
        {
            Add(call);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var call = StorageCall.Of(message.Request);
        try
        {
            await ProcessNextAsync(message, pipeline);
            call = call with { Status = message.Response.Status };
        }
        finally
        {
            Add(call);
        }
    }

    private void Add(StorageCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }
}
