namespace LocalAzurite;

/// <summary>How Azurite is installed and run.</summary>
public sealed class AzuriteOptions
{
    /// <summary>The folder that rows are kept in between runs; created where missing. Null, the default, keeps them in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The loopback port of the table service. Default 0, a free one; range 0 to 65535.</summary>
    public int Port { get; init; }

    /// <summary>The loopback port of the blob service, 0 for a free one; range 0 to 65535. Null, the default, serves no blobs. Blobs and queues are served together.</summary>
    public int? BlobPort { get; init; }

    /// <summary>The loopback port of the queue service, 0 for a free one; range 0 to 65535. Null, the default, serves no queues. Blobs and queues are served together.</summary>
    public int? QueuePort { get; init; }

    /// <summary>
    /// The folder that installed versions are kept in. Null, the default, is <c>ServerlessIdempotency</c> in the user's local application data.
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// The folders that <c>node</c> and <c>npm</c> are looked for in, separated as in <c>PATH</c>. Null, the default, is <c>PATH</c> itself.
    /// </summary>
    public string? SearchPath { get; init; }

    /// <summary>How long Azurite may take from its start until it listens. Default 60 s, range 1 s to 10 min.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the installation may take, waiting for another process that installs included. Default 10 min, range 1 s to 1 h.</summary>
    public TimeSpan InstallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    internal void Validate()
    {
        foreach (var port in (int[])[Port, BlobPort ?? 0, QueuePort ?? 0])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(port, nameof(Port));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535, nameof(Port));
        }

        if (BlobPort is null != QueuePort is null)
        {
            throw new ArgumentException($"Azurite serves blobs and queues together: set {nameof(BlobPort)} and {nameof(QueuePort)}, or neither.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(StartTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StartTimeout, TimeSpan.FromMinutes(10));
        ArgumentOutOfRangeException.ThrowIfLessThan(InstallTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InstallTimeout, TimeSpan.FromHours(1));
    }
}
