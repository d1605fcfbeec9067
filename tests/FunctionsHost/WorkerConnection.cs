using System.Collections.Concurrent;
using System.Threading.Channels;
using FunctionsHost.Messages;

namespace FunctionsHost;

/// <summary>One run of the worker, from its first word to its last.</summary>
internal sealed class WorkerConnection
{
    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _answers = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _ended;

    /// <summary>Whether the stream broke.</summary>
    public bool HasEnded => _ended;

    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    /// <summary>Where the worker serves HTTP.</summary>
    public Uri? HttpAddress { get; private set; }

    public ChannelReader<StreamingMessage> ToWorker => _toWorker.Reader;

    public void Receive(StreamingMessage message)
    {
        if (message.ContentCase == StreamingMessage.ContentOneofCase.StartStream)
        {
            _started.TrySetResult();
        }

        var id = message.ContentCase == StreamingMessage.ContentOneofCase.InvocationResponse ? message.InvocationResponse.InvocationId : message.RequestId;
        if (_answers.TryRemove(id, out var answer))
        {
            answer.TrySetResult(message);
        }
    }

    /// <summary>The stream broke: what was asked is not answered any more.</summary>
    public void End()
    {
        _ended = true;
        _toWorker.Writer.TryComplete();
        foreach (var answer in _answers.Values)
        {
            answer.TrySetException(new InvocationFailedException("The worker ended."));
        }
    }

    public async Task InitializeAsync(string folder)
    {
        await _started.Task;
        var request = new WorkerInitRequest { HostVersion = "4.1037.0.0", WorkerDirectory = folder, FunctionAppDirectory = folder };
        var initialized = (await AskAsync(new StreamingMessage { WorkerInitRequest = request })).WorkerInitResponse;
        HttpAddress = initialized.Capabilities.TryGetValue("HttpUri", out var address) ? new Uri(address) : null;
        var told = (await AskAsync(new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = folder } })).FunctionMetadataResponse;
        ThrowIfFailed(told.Result);
        Functions = [.. told.FunctionMetadataResults.Select(metadata => new HostedFunction(metadata))];
        foreach (var function in Functions)
        {
            var load = new FunctionLoadRequest { FunctionId = function.Metadata.FunctionId, Metadata = function.Metadata };
            ThrowIfFailed((await AskAsync(new StreamingMessage { FunctionLoadRequest = load })).FunctionLoadResponse.Result);
        }
    }

    /// <exception cref="InvocationFailedException">The function failed, or the worker died.</exception>
    public async Task InvokeAsync(InvocationRequest request)
    {
        var answer = (await AskAsync(new StreamingMessage { InvocationRequest = request }, request.InvocationId)).InvocationResponse;
        ThrowIfFailed(answer.Result);
    }

    public void Cancel(string invocationId) => _toWorker.Writer.TryWrite(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocationId } });

    private async Task<StreamingMessage> AskAsync(StreamingMessage message, string? id = null)
    {
        message.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[id ?? message.RequestId] = answer;
        _toWorker.Writer.TryWrite(message);

        // Asked after the end, or while it ended, nobody answers.
        return _ended ? throw new InvocationFailedException("The worker ended.") : await answer.Task;
    }

    private static void ThrowIfFailed(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new InvocationFailedException(result.Exception?.Message ?? result.Status.ToString());
        }
    }
}
