using System.ComponentModel;

namespace LocalAzurite;

/// <summary>
/// A running Azurite on 127.0.0.1: its table service, and where they were asked for its blobs and queues. It ends when it is disposed, and also when this process ends in whatever way, since it
/// watches a pipe that this process holds open.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    // A port that was free a moment ago can be taken by another process before Azurite binds it.
    private const int PortAttempts = 10;

    // Azurite on disk saves its data when asked to end; its host gives it 10 s.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly ChildProcess _process;

    private AzuriteServer(ChildProcess process, AzuritePorts ports)
    {
        _process = process;
        Port = ports.Table;
        BlobPort = ports.Blob;
        QueuePort = ports.Queue;
        ProcessId = process.Id;
    }

    /// <summary>The port that the table service listens on.</summary>
    public int Port { get; }

    /// <summary>The port that the blob service listens on; null where no blobs are served.</summary>
    public int? BlobPort { get; }

    /// <summary>The port that the queue service listens on; null where no queues are served.</summary>
    public int? QueuePort { get; }

    /// <summary>The id of the operating system's process; killing it kills Azurite.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// The connection string of what is served, with the well-known account and key of the storage emulator. See
    /// https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.
    /// </summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;{Endpoint("Blob", BlobPort)}{Endpoint("Queue", QueuePort)}{Endpoint("Table", Port)}";

    /// <summary>Installs Azurite where it is missing and starts it.</summary>
    /// <returns>The server, listening.</returns>
    /// <exception cref="AzuriteException">It could not be installed or started; the message says what to do.</exception>
    public static async Task<AzuriteServer> StartAsync(AzuriteOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tools = NodeTools.Find(options.SearchPath);
        var installation = await AzuriteInstallation.EnsureAsync(options, tools, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var ports = AzuritePorts.Choose(options);
            if (await TryStartAsync(options, tools, installation, ports, cancellationToken) is { } server)
            {
                return server;
            }

            if (ports.AreGiven)
            {
                throw new AzuriteException($"{ports.Name} on 127.0.0.1 is in use: stop the program that listens on it, or choose another port (0 for a free one).");
            }

            if (attempt == PortAttempts)
            {
                throw new AzuriteException($"No free port on 127.0.0.1 could be bound in {PortAttempts} attempts: close some programs, or set {nameof(AzuriteOptions.Port)}.");
            }
        }
    }

    /// <summary>Ends Azurite and waits until it has ended; with a data folder its data is saved first.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.CloseInput();
        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            // It is killed below.
        }
        catch (InvalidOperationException)
        {
            return; // Disposed before.
        }

        await _process.DisposeAsync();
    }

    /// <returns>The server, or null where the port is taken.</returns>
    private static async Task<AzuriteServer?> TryStartAsync(AzuriteOptions options, NodeTools tools, string installation, AzuritePorts ports, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ChildProcess process;
        try
        {
            process = ChildProcess.Start(tools.Node, Arguments(options, installation, ports), installation, line =>
            {
                // Of all its services together Azurite starts that of tables last, and says so in other words.
                if (line.Contains("Table service successfully started", StringComparison.Ordinal) || line.Contains("Table service is successfully listening", StringComparison.Ordinal))
                {
                    listening.TrySetResult();
                }
            });
        }
        catch (Win32Exception exception)
        {
            throw new AzuriteException($"'{tools.Node}' could not be started: repair the installation of Node.js. {exception.Message}", exception);
        }

        var started = false;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.StartTimeout);
        try
        {
            var ended = process.WaitForExitAsync(timeout.Token);
            if (await Task.WhenAny(listening.Task, ended) == listening.Task)
            {
                started = true;
                return new AzuriteServer(process, ports);
            }

            await ended;
            if (process.Output.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                return null;
            }

            throw new AzuriteException($"Azurite ended at its start with exit code {process.ExitCode}: Node.js 20 or later is needed; if it is, delete '{installation}' and start again. Azurite said: {process.Output}");
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException($"Azurite did not listen on port {ports.Table} within {options.StartTimeout.TotalSeconds:0} s: raise {nameof(AzuriteOptions.StartTimeout)}, or look into what it said: {process.Output}", exception);
        }
        finally
        {
            if (!started)
            {
                await process.DisposeAsync();
            }
        }
    }

    private static string? Endpoint(string service, int? port) => port is null ? null : $"{service}Endpoint=http://127.0.0.1:{port}/devstoreaccount1;";

    private static string[] Arguments(AzuriteOptions options, string installation, AzuritePorts ports)
    {
        string[] arguments =
        [
            Path.Combine(installation, AzuriteInstallation.HostScript),
            .. ports.Arguments,
            "--disableTelemetry",
            "--silent",
            "--skipApiVersionCheck",
        ];
        return options.DataFolder is null
            ? [.. arguments, "--inMemoryPersistence"]
            : [.. arguments, "--location", Path.GetFullPath(options.DataFolder)];
    }
}
