using System.Text.RegularExpressions;
using LocalAzurite;
using LocalServiceBus;
using LocalServiceBus.Configuration;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>A home of the app. The local host is as <c>dotnet run</c> starts it: with a broker of its own. Its storage outlives it only to be quick.</summary>
public abstract partial class RunningHost(HostProgram program) : IAsyncLifetime, IAsyncDisposable
{
    private LocalServiceBusServer? _broker;
    private AzuriteServer? _azurite;
    private HostProcess? _host;
    private QueueClient? _queues;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Which home it is.</summary>
    public HostProgram Program => program;

    internal QueueClient Queues => _queues!;

    /// <summary>How to reach its broker.</summary>
    internal string Broker { get; private set; } = "";

    /// <summary>Names an account that no other test uses.</summary>
    public static string NewAccount() => $"acct-{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        if (program == HostProgram.FunctionApp)
        {
            _broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync() });
            _host = await HostProcess.ServeAsync(program, _azurite.ConnectionString, $"--ServiceBusConnection={_broker.ConnectionString}");
            Broker = _broker.ConnectionString;
        }
        else
        {
            _host = await HostProcess.ServeAsync(_azurite.ConnectionString);

            // What it tells a developer who wants to look into its queues.
            var connection = await Until.Async(() => Task.FromResult(ConnectionString().Match(_host.Output)), match => match.Success);
            Broker = connection.Value;
        }

        _queues = await QueueClient.ConnectAsync(Broker);

        Client = await _host.ClientAsync();
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await DisposeAsync(_queues);
        Client?.Dispose();
        await DisposeAsync(_host);
        await DisposeAsync(_broker);
        await DisposeAsync(_azurite);
    }

    private static ValueTask DisposeAsync(IAsyncDisposable? started) => started?.DisposeAsync() ?? ValueTask.CompletedTask;

    [GeneratedRegex(@"Endpoint=sb://\S+")]
    private static partial Regex ConnectionString();
}
