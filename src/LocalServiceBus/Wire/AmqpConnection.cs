using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using Amqp.Framing;
using Amqp.Sasl;
using Microsoft.Extensions.Logging;

namespace LocalServiceBus.Wire;

/// <summary>
/// One client: protocol headers, SASL, open and close, and the frames in between. Whatever the client sends, the worst
/// that happens is the end of this connection.
/// </summary>
internal sealed class AmqpConnection(Socket socket, EntityResolver entities, TimeProvider time, ILogger logger)
{
    public const uint HandleMax = 8191;

    private const int OwnMaxFrameSize = 65_536;
    private const int MinMaxFrameSize = 512;
    private const ushort ChannelMax = 4999;
    private const byte AmqpProtocol = 0;
    private const byte SaslProtocol = 3;
    private const byte SaslFrame = 1;

    // Who has not opened the connection by then does not want to.
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(60);

    private readonly Dictionary<ushort, AmqpSession> _sessions = [];
    private readonly HashSet<ushort> _endedChannels = [];
    private readonly HashSet<AmqpSession> _toFlush = [];
    private readonly List<ReplyLink> _replyLinks = [];
    private int _readerThread;
    private volatile bool _isOpen;
    private bool _isClosed;
    private bool _headersDone;

    public FrameWriter Writer { get; } = new(socket);

    /// <summary>The receivers that get nothing until what waits to be sent has become less.</summary>
    public Backlog Backlog { get; } = new();

    /// <summary>The largest frame that the client takes.</summary>
    public int MaxFrameSize { get; private set; } = MinMaxFrameSize;

    /// <summary>Serves the client until it goes, misbehaves or the broker stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var handshake = time.CreateTimer(_ => EndUnlessOpen(stop), null, HandshakeTimeout, Timeout.InfiniteTimeSpan);
        var sending = SendAsync(stop.Token);
        ITimer? heartbeat = null;
        try
        {
            await ReadAsync(timer => heartbeat = timer, stop.Token);
        }
        catch (MalformedFrameException exception)
        {
            Log.ClientMisbehaved(logger, exception.Message);
            CloseWith(Conditions.FramingError, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.ClientGone(logger, exception.Message);
            if (cancellationToken.IsCancellationRequested)
            {
                CloseWith(Conditions.ConnectionForced, "The broker stops.");
            }
        }
#pragma warning disable CA1031 // A mistake of ours in serving one client must not take the broker from the others; it is logged in full.
        catch (Exception exception)
        {
            Log.ClientFailed(logger, exception);
            CloseWith("amqp:internal-error", "The broker failed.");
        }
#pragma warning restore CA1031
        finally
        {
            heartbeat?.Dispose();
            foreach (var session in _sessions.Values)
            {
                session.OnGone();
            }

            Writer.Complete();

            // The last word may not get through to a peer that is gone or does not read.
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
            await stop.CancelAsync();
            socket.Dispose();
            await sending;
            Writer.Dispose();
        }
    }

    /// <summary>The links on which answers of a node may go out. Answers come from any thread.</summary>
    public ReplyLink[] ReplyLinks(string node)
    {
        lock (_replyLinks)
        {
            return [.. _replyLinks.Where(link => link.Node == node)];
        }
    }

    public void AddReplyLink(ReplyLink link)
    {
        lock (_replyLinks)
        {
            _replyLinks.Add(link);
        }
    }

    public void RemoveReplyLink(ReplyLink link)
    {
        lock (_replyLinks)
        {
            _replyLinks.Remove(link);
        }
    }

    /// <summary>Finds what a link leads to.</summary>
    public AmqpLink Resolve(AmqpSession session, Attach attach) => entities.Resolve(this, session, attach);

    /// <summary>
    /// Sends what the session has accepted: at the end of the bytes at hand when they are being read, so that many share
    /// a frame, else at once.
    /// </summary>
    public void FlushSoon(AmqpSession session)
    {
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref _readerThread))
        {
            _toFlush.Add(session);
        }
        else
        {
            session.FlushAccepted();
        }
    }

    private void EndUnlessOpen(CancellationTokenSource stop)
    {
        if (!_isOpen)
        {
            stop.Cancel();
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Writer.RunAsync(Backlog.OnSent, cancellationToken);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            socket.Dispose(); // which ends the reading too
        }
    }

    private async Task ReadAsync(Action<ITimer> onHeartbeat, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: OwnMaxFrameSize, leaveOpen: true));
        try
        {
            while (!_isClosed)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                Volatile.Write(ref _readerThread, Environment.CurrentManagedThreadId);
                try
                {
                    while (!_isClosed && TryTake(ref buffer, out var frame))
                    {
                        OnFrame(frame, onHeartbeat);
                    }

                    foreach (var session in _toFlush)
                    {
                        session.FlushAccepted();
                    }

                    _toFlush.Clear();
                }
                finally
                {
                    Volatile.Write(ref _readerThread, 0);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private bool TryTake(ref ReadOnlySequence<byte> buffer, out byte[] frame)
    {
        frame = [];
        if (buffer.Length < 8)
        {
            return false;
        }

        Span<byte> start = stackalloc byte[8];
        buffer.Slice(0, 8).CopyTo(start);
        if (start[..4].SequenceEqual("AMQP"u8))
        {
            if (_headersDone)
            {
                throw new MalformedFrameException("A protocol header came in the middle of a connection.");
            }

            frame = start.ToArray();
            buffer = buffer.Slice(8);
            return true;
        }

        var size = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (size < 8 || size > OwnMaxFrameSize || start[4] < 2 || start[4] * 4 > size)
        {
            throw new MalformedFrameException("A frame has an impossible size.");
        }

        if (buffer.Length < size)
        {
            return false;
        }

        // A message keeps its frame's bytes, so every frame gets its own.
        frame = buffer.Slice(0, size).ToArray();
        buffer = buffer.Slice(size);
        return true;
    }

    private void OnFrame(byte[] frame, Action<ITimer> onHeartbeat)
    {
        if (frame[0] == (byte)'A')
        {
            OnHeader(frame);
            return;
        }

        var offset = frame[4] * 4;
        if (offset == frame.Length)
        {
            return; // a heartbeat
        }

        var performative = Performatives.Read(frame, offset, frame.Length - offset, out var end);
        if (frame[5] == SaslFrame)
        {
            if (performative is SaslInit)
            {
                // Anybody on this machine may come in: every mechanism and every key is taken.
                Writer.Write(0, new SaslOutcome { Code = SaslCode.Ok }, frameType: SaslFrame);
            }

            return;
        }

        if (!_headersDone)
        {
            throw new MalformedFrameException("A frame came before the AMQP header.");
        }

        var channel = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(6));
        if (performative is End or Flow or Dispose or Detach && _endedChannels.Contains(channel))
        {
            return; // a client of many threads can say one last thing about a session that another of them has ended
        }

        switch (performative)
        {
            case Open open:
                OnOpen(open, onHeartbeat);
                break;
            case Close:
                _isClosed = true;
                Writer.Write(0, new Close());
                break;
            case Begin begin:
                OnBegin(begin, channel);
                break;
            case End:
                SessionOn(channel).OnEnd();
                _sessions.Remove(channel);
                _endedChannels.Add(channel);
                break;
            case Attach attach:
                SessionOn(channel).OnAttach(attach);
                break;
            case Flow flow:
                SessionOn(channel).OnFlow(flow);
                break;
            case Transfer transfer:
                SessionOn(channel).OnTransfer(transfer, frame, end);
                break;
            case Dispose disposition:
                SessionOn(channel).OnDisposition(disposition);
                break;
            case Detach detach:
                SessionOn(channel).OnDetach(detach);
                break;
            default:
                throw new MalformedFrameException($"A frame holds {performative.GetType().Name}, which is no performative.");
        }
    }

    private void OnHeader(byte[] header)
    {
        if (header[4] == SaslProtocol)
        {
            Writer.WriteHeader(SaslProtocol);
            Writer.Write(0, new SaslMechanisms { SaslServerMechanisms = ["MSSBCBS", "PLAIN", "ANONYMOUS", "EXTERNAL"] }, frameType: SaslFrame);
            return;
        }

        // The answer comes only after the client's own header. The JavaScript client parks what arrives with the
        // SASL outcome in one read until more bytes come.
        Writer.WriteHeader(AmqpProtocol);
        if (header[4] != AmqpProtocol || header[5] != 1 || header[6] != 0 || header[7] != 0)
        {
            throw new MalformedFrameException("The client speaks another protocol or version.");
        }

        _headersDone = true;
    }

    private void OnOpen(Open open, Action<ITimer> onHeartbeat)
    {
        if (_isOpen)
        {
            throw new MalformedFrameException("The connection is opened twice.");
        }

        _isOpen = true;
        MaxFrameSize = (int)Math.Clamp(open.HasField(2) ? open.MaxFrameSize : uint.MaxValue, MinMaxFrameSize, OwnMaxFrameSize);
        Writer.Write(0, new Open { ContainerId = "LocalServiceBus", MaxFrameSize = OwnMaxFrameSize, ChannelMax = ChannelMax });
        if (open.HasField(4) && open.IdleTimeOut > 0)
        {
            var half = TimeSpan.FromMilliseconds(Math.Max(open.IdleTimeOut / 2.0, 1));
            onHeartbeat(time.CreateTimer(_ => Beat(), null, half, half));
        }
    }

    private void Beat()
    {
        lock (Writer.Gate)
        {
            if (!Writer.SentSinceLastLook)
            {
                Writer.Write(0, null);
            }

            Writer.SentSinceLastLook = false;
        }
    }

    private void OnBegin(Begin begin, ushort channel)
    {
        if (!_isOpen || channel > ChannelMax || _sessions.ContainsKey(channel))
        {
            throw new MalformedFrameException("A session begins on a channel that can't have one.");
        }

        var session = new AmqpSession(this, channel);
        _sessions.Add(channel, session);
        _endedChannels.Remove(channel);
        session.Open(begin);
    }

    private AmqpSession SessionOn(ushort channel) =>
        _sessions.TryGetValue(channel, out var session) ? session : throw new MalformedFrameException("A frame names a channel without a session.");

    private void CloseWith(string condition, string description)
    {
        if (_isOpen && !_isClosed)
        {
            _isClosed = true;
            Writer.Write(0, new Close { Error = Conditions.Create(condition, description) });
        }
    }
}
