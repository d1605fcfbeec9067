using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// Sends the messages of committed operations in the background of this process. It promises speed, not delivery: what it drops or leaves behind
/// is found by <see cref="OutboxSweeper"/>.
/// </summary>
public sealed class OutboxDispatcher : IHostedService, IDisposable
{
    private readonly OutboxFlusher _flusher;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<OutboxDispatcher> _logger;
    private readonly Channel<Work>[] _lanes;
    private readonly ClosedQueues _silent;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abort = new();
    private Task? _workers;

    internal OutboxDispatcher(OutboxFlusher flusher, OutboxOptions options, TimeProvider timeProvider, ILogger<OutboxDispatcher> logger)
    {
        _flusher = flusher;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;

        // A queue that gives no answer is left to the sweeper, for as long as one question to it holds up all that is behind it, and longer each time.
        var pause = options.FirstRetryDelay > options.SendTimeout ? options.FirstRetryDelay : options.SendTimeout;
        _silent = new ClosedQueues(timeProvider, pause, pause > options.MaxRetryDelay ? pause : options.MaxRetryDelay);

        // A lane each worker: the operations of a partition follow each other, so in an undisturbed run their messages do too.
        var lanes = Math.Min(options.DispatchConcurrency, options.QueueCapacity);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<Work>(new BoundedChannelOptions(options.QueueCapacity / lanes) { SingleReader = true }))];
    }

    /// <summary>Sends the messages of one operation now, in the caller's time.</summary>
    /// <param name="partition">The partition of the operation's record.</param>
    /// <param name="operationHash">The operation.</param>
    /// <param name="cancellationToken">Stops before the next message.</param>
    /// <exception cref="StoreUnavailableException">The rows could not be listed; the sweeper will.</exception>
    internal Task<OutboxFlushResult> FlushAsync(PartitionAddress partition, string operationHash, CancellationToken cancellationToken) =>
        _flusher.FlushAsync(partition, operationHash, new ClosedQueues(_timeProvider, TimeSpan.FromDays(1), silent: _silent), cancellationToken);

    /// <summary>
    /// Waits until everything that this process had committed before the call was tried once. A function awaits it at its end, where the host may
    /// freeze the process between two invocations.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        // Also before the host has started this: nobody else would take what is waited for.
        EnsureRuns();
        var reached = new List<Task>();
        foreach (var lane in _lanes)
        {
            var mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await lane.Writer.WriteAsync(new Work(default, "", mark), cancellationToken);
                reached.Add(mark.Task);
            }
            catch (ChannelClosedException)
            {
                // The process stops; it finishes what it has in hand within its bound.
                reached.Add(lane.Reader.Completion);
            }
        }

        await Task.WhenAll(reached).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        EnsureRuns();
        return Task.CompletedTask;
    }

    /// <summary>Takes no more, sends what is in hand within <see cref="OutboxOptions.StopTimeout"/>, and leaves the rest to the sweeper.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in _lanes)
        {
            lane.Writer.TryComplete();
        }

        try
        {
            await (_workers ?? Task.CompletedTask).WaitAsync(_options.StopTimeout, _timeProvider, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            _abort.Cancel();
            await _workers!;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();

    internal void Enqueue(PartitionAddress partition, string operationHash)
    {
        var lane = _lanes[(int)((uint)partition.GetHashCode() % (uint)_lanes.Length)];
        if (!lane.Writer.TryWrite(new Work(partition, operationHash, Mark: null)))
        {
            _logger.DispatchSkipped(partition, operationHash);
        }
    }

    private void EnsureRuns()
    {
        lock (_lock)
        {
            // The caller's scheduler is the thread pool, unless a test controls the order of everything.
            _workers ??= Task.WhenAll(_lanes.Select(lane =>
                Task.Factory.StartNew(() => RunAsync(lane.Reader), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap()));
        }
    }

    private async Task RunAsync(ChannelReader<Work> lane)
    {
        // Not ReadAllAsync, which goes on wherever the write came from: the lane stays on the scheduler that it was started on.
        while (await lane.WaitToReadAsync(CancellationToken.None))
        {
            while (lane.TryRead(out var work))
            {
                await DispatchAsync(work);
            }
        }
    }

    private async Task DispatchAsync(Work work)
    {
        if (work.Mark is { } mark)
        {
            mark.SetResult();
            return;
        }

        if (_abort.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await FlushAsync(work.Partition, work.OperationHash, _abort.Token);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // Whatever it was, the next operation's messages must go out; the sweeper finds this one's.
            _logger.DispatchFailed(work.Partition, work.OperationHash, exception);
        }
    }

    private readonly record struct Work(PartitionAddress Partition, string OperationHash, TaskCompletionSource? Mark);
}
