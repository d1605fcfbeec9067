using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>
/// The body of a captured response. Stream and writer share one buffer, so what is written through both keeps its order, and the first byte starts the response as it
/// does on a server.
/// </summary>
/// <param name="start">Runs what waits for the response to start; called before the first byte is taken.</param>
/// <param name="control">Whether the server allows synchronous writes.</param>
internal sealed class CapturedBody(Func<Task> start, IHttpBodyControlFeature? control) : PipeWriter, IHttpResponseBodyFeature
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private CapturedBodyStream? _stream;
    private long _flushed;

    public Stream Stream => _stream ??= new CapturedBodyStream(this, control);

    public PipeWriter Writer => this;

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.WrittenCount - _flushed;

    /// <summary>Nothing is sent before the whole answer is known, so there is no other buffering to switch off.</summary>
    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => start();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => start();

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        await start();
        _buffer.Write(bytes.Span);
    }

    public override void Advance(int bytes) => _buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await start();
        _flushed = _buffer.WrittenCount;
        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    public override void CancelPendingFlush()
    {
        // No flush ever waits.
    }

    public override void Complete(Exception? exception = null)
    {
        // The endpoint's end is the end of its body.
    }
}
