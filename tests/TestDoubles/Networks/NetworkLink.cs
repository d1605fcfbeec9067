using System.Net;
using System.Net.Sockets;

namespace TestDoubles.Networks;

/// <summary>The way to a server of this machine, which can be cut or fall silent, and comes back when it is told to.</summary>
public sealed class NetworkLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Task _accepting;
    private volatile State _state = new(Flow.Open);
    private int _connections;

    /// <summary>Listens on a free port of 127.0.0.1 and passes everything on.</summary>
    /// <param name="target">The server's port.</param>
    public NetworkLink(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    private enum Flow
    {
        Open,
        Cut,
        Silent,
    }

    /// <summary>Where clients connect.</summary>
    public int Port { get; }

    /// <summary>How many connections were made.</summary>
    public int Connections => _connections;

    /// <summary>Ends every connection, and each new one at once.</summary>
    public void Cut() => Become(Flow.Cut);

    /// <summary>Passes nothing on any more in either direction. Connections are still accepted, as by a server that hangs.</summary>
    public void FallSilent() => Become(Flow.Silent);

    /// <summary>Passes everything on again. What was connected in the silence has ended.</summary>
    public void Restore() => Become(Flow.Open);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Become(Flow.Cut);
        await _accepting;
        _listener.Dispose();
    }

    private void Become(Flow flow)
    {
        var before = _state;
        _state = new State(flow);
        before.End();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                while (_state is var state && state.Flow != Flow.Cut)
                {
                    if (state.Flow == Flow.Silent)
                    {
                        await state.Ended;
                        return;
                    }

                    if (!server.Connected)
                    {
                        await server.ConnectAsync(IPAddress.Loopback, _target);
                    }

                    using var stop = new CancellationTokenSource();
                    var (there, back) = (PassAsync(client, server, stop.Token), PassAsync(server, client, stop.Token));
                    await Task.WhenAny(there, back, state.Ended);
                    await stop.CancelAsync();
                    await Task.WhenAll(there, back);
                    if (!state.Ended.IsCompleted)
                    {
                        // One of the two has hung up.
                        return;
                    }
                }
            }
            catch (SocketException)
            {
                // The server is away: the client sees its connection end.
            }
        }
    }

    private static async Task PassAsync(TcpClient from, TcpClient to, CancellationToken cancellationToken)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // One side has ended, or the link changed.
        }
    }

    private sealed class State(Flow flow)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Flow Flow { get; } = flow;

        public Task Ended => _end.Task;

        public void End() => _end.TrySetResult();
    }
}
