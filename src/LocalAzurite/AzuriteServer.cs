using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LocalAzurite;

/// <summary>
/// A running Azurite table service on 127.0.0.1. It ends when it is disposed, and also when this process ends in whatever way, since it
/// watches a pipe that this process holds open.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    // A port that was free a moment ago can be taken by another process before Azurite binds it.
    private const int PortAttempts = 10;

    // Azurite on disk saves its data when asked to end; its host gives it 10 s.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly ChildProcess _process;

    private AzuriteServer(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
        ProcessId = process.Id;
    }

    /// <summary>The port that the table service listens on.</summary>
    public int Port { get; }

    /// <summary>The id of the operating system's process; killing it kills Azurite.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// The connection string of the table service, with the well-known account and key of the storage emulator. See
    /// https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.
    /// </summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;";

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
            var port = options.Port == 0 ? FreePort() : options.Port;
            if (await TryStartAsync(options, tools, installation, port, cancellationToken) is { } server)
            {
                return server;
            }

            if (options.Port != 0)
            {
                throw new AzuriteException($"Port {port} on 127.0.0.1 is in use: stop the program that listens on it, or choose another port (0 for a free one).");
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
    private static async Task<AzuriteServer?> TryStartAsync(AzuriteOptions options, NodeTools tools, string installation, int port, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ChildProcess process;
        try
        {
            process = ChildProcess.Start(tools.Node, Arguments(options, installation, port), installation, line =>
            {
                if (line.Contains("successfully started", StringComparison.Ordinal))
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
                return new AzuriteServer(process, port);
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
            throw new AzuriteException($"Azurite did not listen on port {port} within {options.StartTimeout.TotalSeconds:0} s: raise {nameof(AzuriteOptions.StartTimeout)}, or look into what it said: {process.Output}", exception);
        }
        finally
        {
            if (!started)
            {
                await process.DisposeAsync();
            }
        }
    }

    private static string[] Arguments(AzuriteOptions options, string installation, int port)
    {
        string[] arguments =
        [
            Path.Combine(installation, AzuriteInstallation.HostScript),
            "--tableHost", "127.0.0.1",
            "--tablePort", port.ToString(CultureInfo.InvariantCulture),
            "--disableTelemetry",
            "--silent",
            "--skipApiVersionCheck",
        ];
        return options.DataFolder is null
            ? [.. arguments, "--inMemoryPersistence"]
            : [.. arguments, "--location", Path.GetFullPath(options.DataFolder)];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
