using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Payments.Tests.Receipts;

/// <summary>A mail server for one conversation at a time, just as far as RFC 5321 is needed: it keeps every line that the client said.</summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public SmtpListener()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The commands, in order.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The messages, headers and text, as they came.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>What it answers to a finished message.</summary>
    public string Answer { get; set; } = "250 2.0.0 Taken";

    public async ValueTask DisposeAsync()
    {
        // The loop may be about to ask for a next client: stopped before that, the listener would refuse to be asked.
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                try
                {
                    await ConverseAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The client has gone without waiting for the last word; the next one may come.
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ConverseAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 mail.test ESMTP");
        while (await reader.ReadLineAsync(_stop.Token) is { } command)
        {
            Commands.Add(command);
            var verb = command.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await writer.WriteAsync("250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n");
                    break;
                case "AUTH":
                    await writer.WriteLineAsync("235 2.7.0 Welcome");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 Go on");
                    Messages.Add(await ReadMessageAsync(reader));
                    await writer.WriteLineAsync(Answer);
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 2.0.0 Bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 2.0.0 Ok");
                    break;
            }
        }
    }

    private async Task<string> ReadMessageAsync(StreamReader reader)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            message.AppendLine(line);
        }

        return message.ToString();
    }
}
