using System.Runtime.InteropServices;
using LocalAzurite;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using Payments.LocalHost.Messaging;
using Payments.LocalHost.Startup;

namespace Payments.LocalHost.Emulators;

/// <summary>Serves storage and broker alone, for a function app that is started by <c>func start</c>.</summary>
internal static class EmulatorsApp
{
    public const string Argument = "--emulators-only";

    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var ports = configuration.GetSection(EmulatorPorts.Section).Get<EmulatorPorts>() ?? new EmulatorPorts();
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var azurite = await AzuriteServer.StartAsync(new AzuriteOptions { Port = ports.Table, BlobPort = ports.Blob, QueuePort = ports.Queue }, CancellationToken.None);
        await using var broker = await LocalServiceBusServer.StartAsync(
            new LocalServiceBusOptions { Port = ports.ServiceBus, Queues = EmulatorConfiguration.Parse(await ReadQueuesAsync(ports)) }, CancellationToken.None);
        await Console.Out.WriteLineAsync(Describe(ports, azurite, broker));
        await stop.Task;
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    /// <exception cref="StartupException">The file can't be read.</exception>
    private static async Task<string> ReadQueuesAsync(EmulatorPorts ports)
    {
        if (ports.ServiceBusConfig is not { Length: > 0 } file)
        {
            return await LocalBroker.ReadQueuesAsync(CancellationToken.None);
        }

        try
        {
            return await File.ReadAllTextAsync(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Emulators:ServiceBusConfig names '{file}', which can't be read: {exception.Message}", exception);
        }
    }

    private static string Describe(EmulatorPorts ports, AzuriteServer azurite, LocalServiceBusServer broker) => $$"""

        Emulators are served on 127.0.0.1 and keep everything in memory: blobs on port {{azurite.BlobPort}}, storage queues on {{azurite.QueuePort}}, tables on {{azurite.Port}}, Service Bus on {{broker.Port}}.

        {{(ports.AreWellKnown ? "The settings of local.settings.sample.json name them:" : "These settings name them:")}}

          AzureWebJobsStorage={{StorageOf(ports, azurite)}}
          PaymentsStorage={{StorageOf(ports, azurite)}}
          ServiceBusConnection={{broker.ConnectionString}}

        In another terminal, the function app:

          cp local.settings.sample.json local.settings.json
          dotnet run --project src/Payments.Functions

        Ctrl-C stops them.
        """;

    private static string StorageOf(EmulatorPorts ports, AzuriteServer azurite) => ports.AreWellKnown ? "UseDevelopmentStorage=true" : azurite.ConnectionString;
}
