using LocalServiceBus;
using LocalServiceBus.Configuration;
using Payments.LocalHost.Tests.Queues;
using TestDoubles.Storage;

namespace Payments.LocalHost.Tests;

/// <summary>A storage and a broker that outlive the hosts of a test class, for both hosts of the app: what is asked of one of them is asked of the other.</summary>
public sealed class AppFixture : AzuriteStorage, IAsyncLifetime
{
    private LocalServiceBusServer? _broker;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync() });
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await (_broker?.DisposeAsync() ?? ValueTask.CompletedTask);
        await DisposeAsync();
    }

    /// <param name="program">Which home.</param>
    /// <param name="storage">The way to the storage; null for the straight one.</param>
    /// <param name="arguments">Settings.</param>
    public Task<HostProcess> ServeAsync(HostProgram program, string? storage = null, params string[] arguments) =>
        HostProcess.ServeAsync(program, storage ?? ConnectionString, [$"--ServiceBusConnection={_broker!.ConnectionString}", .. arguments]);
}
