using System.Net;
using System.Net.Sockets;
using Chaos.Randomness;

namespace Chaos.Proxies;

/// <summary>Stands between the hosts and a server, and now and then cuts a connection before a request, cuts it instead of a reply, or holds bytes up.</summary>
internal sealed class TcpFaultProxy : IAsyncDisposable
{
    private readonly string _name;
    private readonly int _seed;
    private readonly TcpFaults _faults;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile CancellationTokenSource _outage = new();
    private long _connections;
    private long _cuts;
    private long _lostReplies;
    private long _delays;

    public TcpFaultProxy(string name, int seed, TcpFaults faults, int target)
    {
        _name = name;
        _seed = seed;
        _faults = faults;
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The server's port: another one after it was started again.</summary>
    public int Target { get; set; }

    public bool MakesFaults { get; set; }

    public string Description => $"{_connections:N0} connections, {_cuts:N0} cut before a request, {_lostReplies:N0} cut instead of a reply, {_delays:N0} delays";

    /// <summary>Nobody gets through for a while.</summary>
    public async Task CutOffAsync(TimeSpan duration)
    {
        await _outage.CancelAsync();
        await Task.Delay(duration, CancellationToken.None);
        _outage = new CancellationTokenSource();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(client, SeededRandom.For(_seed, _name, Interlocked.Increment(ref _connections)));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the client has gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket client, Random random)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _outage.Token);
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, Target, ended.Token);
                var toServer = PassAsync(client, server, new Random(random.Next()), isReply: false, ended.Token);
                var toClient = PassAsync(server, client, new Random(random.Next()), isReply: true, ended.Token);
                await Task.WhenAny(toServer, toClient);
                await ended.CancelAsync();
                await Task.WhenAll(toServer, toClient);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Cut by us, or by one of the two: the other sees its connection end.
            }

            // A reset half of the time, as where a process or a machine dies; else an orderly end.
            client.LingerState = new LingerOption(random.Happens(0.5), 0);
        }
    }

    private async Task PassAsync(Socket from, Socket to, Random random, bool isReply, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) is > 0 and var count)
        {
            if (MakesFaults && random.Happens(_faults.Delay))
            {
                Interlocked.Increment(ref _delays);
                await Task.Delay(random.Between(1, _faults.LongestDelay), cancellationToken);
            }

            if (MakesFaults && random.Happens(isReply ? _faults.LoseReply : _faults.Cut))
            {
                Interlocked.Increment(ref isReply ? ref _lostReplies : ref _cuts);
                return;
            }

            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, cancellationToken);
            }
        }
    }
}
