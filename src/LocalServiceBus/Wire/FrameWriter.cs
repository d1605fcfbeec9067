using System.Buffers.Binary;
using System.Net.Sockets;
using Amqp;
using Amqp.Types;

namespace LocalServiceBus.Wire;

/// <summary>
/// What waits to be sent on a connection. Writers append under <see cref="Gate"/> and never wait; one loop sends everything
/// that has gathered, so many small frames share a system call.
/// </summary>
internal sealed class FrameWriter(Socket socket) : IDisposable
{
    // Messages stop long before (see Backlog). A peer that asks for this much else and does not read is broken: better to lose it than the process's memory.
    private const int MaxWaiting = 32 * 1024 * 1024;
    private const int KeptCapacity = 1024 * 1024;

    private readonly SemaphoreSlim _somethingWaits = new(0);
    private ByteBuffer _filling = new(16 * 1024, autoGrow: true);
    private ByteBuffer _sending = new(16 * 1024, autoGrow: true);
    private long _unsent;
    private bool _signalled;
    private bool _completed;

    /// <summary>Guards the writer and, with it, all that must agree with the order of frames: delivery ids, windows, unsettled deliveries.</summary>
    public Lock Gate { get; } = new();

    /// <summary>When the last bytes went out, so that a silent connection is kept alive.</summary>
    public bool SentSinceLastLook { get; set; }

    public void WriteHeader(byte protocolId)
    {
        lock (Gate)
        {
            Append([(byte)'A', (byte)'M', (byte)'Q', (byte)'P', protocolId, 1, 0, 0]);
            Signal();
        }
    }

    public void Write(ushort channel, Described? performative, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default, byte frameType = 0)
    {
        lock (Gate)
        {
            if (_completed)
            {
                return;
            }

            if (_filling.Length > MaxWaiting)
            {
                socket.Dispose();
                return;
            }

            var start = _filling.WritePos;
            _filling.ValidateWrite(8);
            _filling.Append(8);
            performative?.Encode(_filling);
            Append(first);
            Append(second);
            var frame = _filling.Buffer.AsSpan(start, _filling.WritePos - start);
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
            frame[4] = 2;
            frame[5] = frameType;
            BinaryPrimitives.WriteUInt16BigEndian(frame[6..], channel);
            Signal();
        }
    }

    /// <summary>Nothing more will be written; the loop ends when the rest is sent.</summary>
    public void Complete()
    {
        lock (Gate)
        {
            _completed = true;
            Signal();
        }
    }

    /// <summary>How many bytes wait to be sent.</summary>
    public long Waiting
    {
        get
        {
            lock (Gate)
            {
                return _filling.Length + Volatile.Read(ref _unsent);
            }
        }
    }

    /// <summary>Sends what is written until the writer is complete.</summary>
    /// <param name="sent">Called whenever something was sent, with how much still waits.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task RunAsync(Action<long> sent, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _somethingWaits.WaitAsync(cancellationToken).ConfigureAwait(false);
            bool isLast;
            lock (Gate)
            {
                (_filling, _sending) = (_sending, _filling);
                _signalled = false;
                isLast = _completed;
                SentSinceLastLook = true;
                _unsent = _sending.Length;
            }

            ReadOnlyMemory<byte> rest = _sending.Buffer.AsMemory(_sending.Offset, _sending.Length);
            while (!rest.IsEmpty)
            {
                rest = rest[await socket.SendAsync(rest, cancellationToken).ConfigureAwait(false)..];
                Volatile.Write(ref _unsent, rest.Length);
                sent(Waiting);
            }

            if (_sending.Capacity > KeptCapacity)
            {
                _sending = new ByteBuffer(KeptCapacity, autoGrow: true);
            }

            _sending.Reset();
            if (isLast)
            {
                return;
            }
        }
    }

    public void Dispose() => _somethingWaits.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _filling.ValidateWrite(bytes.Length);
        bytes.CopyTo(_filling.Buffer.AsSpan(_filling.WritePos));
        _filling.Append(bytes.Length);
    }

    private void Signal()
    {
        if (!_signalled)
        {
            _signalled = true;
            _somethingWaits.Release();
        }
    }
}
