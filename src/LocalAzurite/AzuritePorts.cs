using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LocalAzurite;

/// <summary>Where each service listens.</summary>
/// <param name="Table">The table service.</param>
/// <param name="Blob">The blob service; null where it is not served.</param>
/// <param name="Queue">The queue service; null where it is not served.</param>
/// <param name="AreGiven">Whether whoever starts it chose all of them.</param>
internal sealed record AzuritePorts(int Table, int? Blob, int? Queue, bool AreGiven)
{
    /// <summary>The ports as the beginning of a sentence.</summary>
    public string Name => Blob is null ? $"Port {Table}" : $"One of the ports {Blob}, {Queue} and {Table}";

    public IEnumerable<string> Arguments =>
    [
        .. Of("table", Table),
        .. Of("blob", Blob),
        .. Of("queue", Queue),
        .. Blob is null ? Array.Empty<string>() : ["--allServices"],
    ];

    /// <summary>Those that were asked for, and free ones in the place of 0.</summary>
    public static AzuritePorts Choose(AzuriteOptions options) => new(
        Number(options.Port), options.BlobPort is { } blob ? Number(blob) : null, options.QueuePort is { } queue ? Number(queue) : null, options is { Port: not 0, BlobPort: not 0, QueuePort: not 0 });

    private static string[] Of(string service, int? port) =>
        port is { } number ? [$"--{service}Host", "127.0.0.1", $"--{service}Port", number.ToString(CultureInfo.InvariantCulture)] : [];

    private static int Number(int port)
    {
        if (port != 0)
        {
            return port;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
