using LocalServiceBus;
using LocalServiceBus.Configuration;
using Payments.LocalHost.Startup;
using ServerlessIdempotency.ServiceBus;

namespace Payments.LocalHost.Messaging;

/// <summary>The broker behind the host: one that already runs, where <c>ServiceBusConnection</c> names it, else one of its own in this process.</summary>
internal sealed class LocalBroker : IAsyncDisposable
{
    public const string Setting = "ServiceBusConnection";

    private readonly LocalServiceBusServer? _server;

    private LocalBroker(ServiceBusConnection connection, LocalServiceBusServer? server)
    {
        Connection = connection;
        _server = server;
    }

    /// <summary>The way to the broker.</summary>
    public ServiceBusConnection Connection { get; }

    /// <summary>Where messages go, as a sentence. A broker of someone else's is not quoted: its connection string holds a key.</summary>
    public string Description => _server is null
        ? $"Messages go to the broker that {Setting} names."
        : $"Messages are kept in memory by a broker of its own and end with it; Service Bus clients connect with\n  {_server.ConnectionString}";

    /// <exception cref="LocalServiceBusException">The broker can't be started.</exception>
    /// <exception cref="StartupException">The setting is no connection string.</exception>
    public static async Task<LocalBroker> StartAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration[Setting] is { Length: > 0 } connectionString)
        {
            return new LocalBroker(Connect(connectionString), server: null);
        }

        var server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = EmulatorConfiguration.Parse(await ReadQueuesAsync(cancellationToken)) }, cancellationToken);
        return new LocalBroker(Connect(server.ConnectionString), server);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    // The text holds a key, so it is not shown.
    private static ServiceBusConnection Connect(string connectionString)
    {
        try
        {
            return ServiceBusConnection.FromConnectionString(connectionString);
        }
        catch (FormatException exception)
        {
            throw new StartupException(
                $"The setting {Setting} is no connection string of a Service Bus: give 'Endpoint=sb://host:port;SharedAccessKeyName=…;SharedAccessKey=…;UseDevelopmentEmulator=true;', say, or leave it out to use a broker of this host's own.", exception);
        }
    }

    // The file that is deployed to Azure, built into this program.
    public static async Task<string> ReadQueuesAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(LocalBroker).Assembly.GetManifestResourceStream("servicebus.json")!);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
