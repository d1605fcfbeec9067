using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Amqp;
using Amqp.Types;

namespace LocalServiceBus.Tests.Wire;

/// <summary>A socket that sends whatever it is told to.</summary>
internal sealed class RawClient : IDisposable
{
    public static readonly byte[] AmqpHeader = [.. "AMQP"u8, 0, 1, 0, 0];
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    public async Task SendAsync(byte[] bytes) => await _socket.SendAsync(bytes);

    public async Task SendAsync(Described performative, ushort channel = 0, byte[]? payload = null) => await SendAsync(Frame(performative, channel, payload));

    public static byte[] Frame(Described performative, ushort channel = 0, byte[]? payload = null)
    {
        var buffer = new ByteBuffer(256, autoGrow: true);
        performative.Encode(buffer);
        return FrameOf([.. buffer.Buffer.AsSpan(0, buffer.Length), .. payload ?? []], channel);
    }

    public static byte[] FrameOf(byte[] body, ushort channel = 0)
    {
        var frame = new byte[8 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(6), channel);
        body.CopyTo(frame, 8);
        return frame;
    }

    /// <summary>Reads so many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var read = new byte[count];
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        for (var position = 0; position < count;)
        {
            var more = await _socket.ReceiveAsync(read.AsMemory(position), timeout.Token);
            Assert.True(more > 0, "The broker has closed the connection.");
            position += more;
        }

        return read;
    }

    /// <summary>Reads until the broker closes; what it said.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        try
        {
            for (int read; (read = await _socket.ReceiveAsync(buffer, timeout.Token)) > 0;)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }

        return all.ToArray();
    }

    /// <summary>Goes without a word: the peer gets a reset.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
