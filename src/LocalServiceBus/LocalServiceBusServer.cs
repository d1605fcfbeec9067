using System.Net;
using System.Net.Sockets;
using LocalServiceBus.Configuration;
using LocalServiceBus.Durability;
using LocalServiceBus.Queues;
using LocalServiceBus.Wire;
using Microsoft.Extensions.Logging;

namespace LocalServiceBus;

/// <summary>
/// An embedded stand-in for Azure Service Bus queues. It speaks AMQP 1.0 (OASIS, 2012) over plain TCP on 127.0.0.1, as the
/// official clients do with <c>UseDevelopmentEmulator=true</c>.
/// </summary>
public sealed class LocalServiceBusServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly QueueCatalog _queues;
    private readonly IQueueJournal _journal;
    private readonly EntityResolver _entities;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;
    private int _isDisposed;

    private LocalServiceBusServer(LocalServiceBusOptions options, TcpListener listener, QueueCatalog queues, IQueueJournal journal, ILogger logger)
    {
        _listener = listener;
        _queues = queues;
        _journal = journal;
        _entities = new EntityResolver(queues);
        _time = options.TimeProvider;
        _logger = logger;
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Administration = new QueueAdministration(queues);
        _accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>What a client connects with. The key is a placeholder: every key is taken.</summary>
    public string ConnectionString =>
        $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;";

    /// <summary>The queues as an operator sees them.</summary>
    public QueueAdministration Administration { get; }

    /// <summary>Starts a broker.</summary>
    /// <exception cref="LocalServiceBusException">The options can't be served, the port is taken or the data can't be read.</exception>
    public static async Task<LocalServiceBusServer> StartAsync(LocalServiceBusOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var logger = options.LoggerFactory.CreateLogger("LocalServiceBus");
        foreach (var warning in QueueOptionsCheck.Check(options.Queues))
        {
            Log.Configuration(logger, warning);
        }

        var listener = Listen(options.Port);
        IQueueJournal? journal = null;
        QueueCatalog? queues = null;
        try
        {
            var sqlite = options.DataFolder is { } folder ? SqliteJournal.Open(folder, logger) : null;
            journal = sqlite is null ? new NoJournal() : sqlite;
            queues = new QueueCatalog(options.Queues, journal, options.TimeProvider);
            if (sqlite is not null)
            {
                var (count, unserved) = sqlite.Restore(queues, options.TimeProvider.GetUtcNow());
                Log.Restored(logger, count, options.DataFolder!);
                foreach (var name in unserved)
                {
                    Log.Configuration(logger, $"The data folder keeps messages of '{name}', which is not among the queues. They stay there.");
                }
            }

            var server = new LocalServiceBusServer(options, listener, queues, journal, logger);
            Log.Started(logger, options.Queues.Count, server.Port);
            return server;
        }
        catch
        {
            listener.Stop();
            queues?.Dispose();
            await DisposeAsync(journal);
            throw;
        }
    }

    /// <summary>Closes every connection and stops. What a data folder keeps is written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] connections;
        lock (_connections)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _queues.Dispose();
        await DisposeAsync(_journal);
        _stop.Dispose();
    }

    private static async ValueTask DisposeAsync(IQueueJournal? journal)
    {
        if (journal is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private static TcpListener Listen(int port)
    {
        if (port is < 0 or > ushort.MaxValue)
        {
            throw new LocalServiceBusException($"The port {port} is none; it takes 0 (any free one) to {ushort.MaxValue}.");
        }

        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new LocalServiceBusException($"The port {port} can't be used: {exception.Message}. Name another with --port.", exception);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                continue; // stopping, or one client that was gone before it was let in
            }

            socket.NoDelay = true;
            var serving = new AmqpConnection(socket, _entities, _time, _logger).RunAsync(_stop.Token);
            lock (_connections)
            {
                _connections.Add(serving);
            }

            _ = serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task serving)
    {
        lock (_connections)
        {
            _connections.Remove(serving);
        }
    }
}
