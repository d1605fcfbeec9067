using System.Net;
using System.Net.Sockets;

namespace Payments.LocalHost.Tests;

/// <summary>A port of 127.0.0.1 that is taken but not listened on: whoever connects is refused at once, and nobody else gets it.</summary>
internal sealed class RefusedPort : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public RefusedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
