using System.Net;
using System.Net.Sockets;

namespace Chaos.Tests.Proxies;

/// <summary>Sends back what it gets, one connection at a time.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _received;

    public EchoServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Received => Volatile.Read(ref _received);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync();
                var buffer = new byte[4096];
                try
                {
                    while (await client.ReceiveAsync(buffer) is > 0 and var count)
                    {
                        Interlocked.Add(ref _received, count);
                        await client.SendAsync(buffer.AsMemory(0, count));
                    }
                }
                catch (SocketException)
                {
                    // Reset by the other side.
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
