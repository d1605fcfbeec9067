using System.Net;
using System.Net.Sockets;
using Chaos.Proxies;

namespace Chaos.Tests.Proxies;

public sealed class TcpFaultProxyTests
{
    private const int Bytes = 100_000;

    [Fact]
    public async Task Without_faults_bytes_pass_both_ways_unchanged()
    {
        using var server = new EchoServer();
        await using var proxy = new TcpFaultProxy("test", seed: 1, new TcpFaults(1, 1, 1, 1), server.Port);

        var sent = new byte[Bytes];
        new Random(1).NextBytes(sent);

        Assert.Equal(sent, await EchoAsync(proxy.Port, sent));
    }

    [Fact]
    public async Task A_lost_reply_is_one_that_the_server_has_given()
    {
        using var server = new EchoServer();
        await using var proxy = new TcpFaultProxy("test", seed: 1, new TcpFaults(Cut: 0, LoseReply: 1, Delay: 0, LongestDelay: 1), server.Port) { MakesFaults = true };

        Assert.Empty(await EchoAsync(proxy.Port, new byte[10]));
        Assert.Equal(10, server.Received);
    }

    [Fact]
    public async Task A_request_that_is_cut_does_not_arrive()
    {
        using var server = new EchoServer();
        await using var proxy = new TcpFaultProxy("test", seed: 1, new TcpFaults(Cut: 1, LoseReply: 0, Delay: 0, LongestDelay: 1), server.Port) { MakesFaults = true };

        Assert.Empty(await EchoAsync(proxy.Port, new byte[10]));
        Assert.Equal(0, server.Received);
    }

    /// <summary>What comes back of what is sent, before the connection ends.</summary>
    private static async Task<byte[]> EchoAsync(int port, byte[] sent)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        using var echo = new MemoryStream();
        try
        {
            var sending = stream.WriteAsync(sent).AsTask();
            var buffer = new byte[4096];
            while (echo.Length < sent.Length && await stream.ReadAsync(buffer) is > 0 and var count)
            {
                echo.Write(buffer, 0, count);
            }

            await sending;
        }
        catch (IOException)
        {
            // A connection that was cut may end with a reset.
        }

        return echo.ToArray();
    }
}
