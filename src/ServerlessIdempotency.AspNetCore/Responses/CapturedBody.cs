using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>
/// The body of a captured response. Stream and writer share one buffer, so what is written through both keeps its order, and the first byte starts the response as it
/// does on a server. A long body goes to a temporary file, and of one that is too long only the length is known.
/// </summary>
/// <param name="start">Runs what waits for the response to start; called before the first byte is taken.</param>
/// <param name="limit">The most bytes that are kept.</param>
/// <param name="control">Whether the server allows synchronous writes.</param>
/// <param name="disposeWithRequest">Called once there is a temporary file: the caller gets its content after the endpoint has ended.</param>
/// <param name="handlerToken">Tells the endpoint to stop. Nothing waits here, so it cuts no write: an answer that is begun in spite of it is whole.</param>
internal sealed class CapturedBody(Func<Task> start, long limit, IHttpBodyControlFeature? control, Action<IAsyncDisposable> disposeWithRequest, CancellationToken handlerToken)
    : PipeWriter, IHttpResponseBodyFeature, IAsyncDisposable
{
    /// <summary>What is held in memory before the rest goes to a file.</summary>
    public const int MemoryThreshold = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private CapturedBodyStream? _stream;
    private FileBufferingWriteStream? _file;
    private long _drained;
    private bool _isOmitted;
    private long _flushed;

    public Stream Stream => _stream ??= new CapturedBodyStream(this, control, handlerToken);

    public PipeWriter Writer => this;

    /// <summary>Whether the endpoint completed the body with an exception.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>How many bytes were written so far.</summary>
    public long Length => _drained + _buffer.WrittenCount;

    /// <summary>Whether the body is longer than the limit, or the temporary file could not take it, so that it is not here.</summary>
    public bool IsOmitted => _isOmitted || Length > limit;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => Length - _flushed;

    /// <summary>Nothing is sent before the whole answer is known, so there is no other buffering to switch off.</summary>
    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => start();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => start();

    /// <summary>Whether the body was begun before the endpoint was told to stop, so that it may have broken off: serializers swallow that cancellation.</summary>
    public bool MayBeCut { get; private set; }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        MayBeCut |= !handlerToken.IsCancellationRequested;
        await start();
        _buffer.Write(bytes.Span);
        await SpillAsync();
    }

    /// <summary>The whole body in memory, once.</summary>
    public async Task<byte[]> ToArrayAsync()
    {
        if (_file is null)
        {
            return _buffer.WrittenSpan.ToArray();
        }

        var bytes = new byte[Length];
        try
        {
            await CopyToAsync(new MemoryStream(bytes), CancellationToken.None);
        }
        catch (IOException)
        {
            // Written and not to be read again: as for a full disk.
            _isOmitted = true;
        }

        return bytes;
    }

    /// <summary>Writes the whole body, once.</summary>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            await _file.DrainBufferAsync(destination, cancellationToken);
        }

        await destination.WriteAsync(_buffer.WrittenMemory, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
            _file = null;
        }
    }

    public override void Advance(int bytes)
    {
        MayBeCut |= !handlerToken.IsCancellationRequested;
        _buffer.Advance(bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken != handlerToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        await start();
        await SpillAsync();
        _flushed = Length;
        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    public override void CancelPendingFlush()
    {
        // No flush ever waits.
    }

    public override void Complete(Exception? exception = null)
    {
        // The endpoint's end is the end of its body; an exception says that it is no whole one, and a server would abort it.
        IsFailed |= exception is not null;
    }

    private async ValueTask SpillAsync()
    {
        if (_buffer.WrittenCount <= MemoryThreshold)
        {
            return;
        }

        try
        {
            if (!IsOmitted)
            {
                if (_file is null)
                {
                    _file = new FileBufferingWriteStream(memoryThreshold: 0);
                    disposeWithRequest(this);
                }

                await _file.WriteAsync(_buffer.WrittenMemory);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason to run the endpoint again: what it did is done (law 14).
            _isOmitted = true;
        }

        _drained += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
        if (IsOmitted)
        {
            await DisposeAsync();
        }
    }
}
