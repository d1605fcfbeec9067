using System.Runtime.InteropServices;
using LocalServiceBus;
using LocalServiceBus.CommandLine;
using LocalServiceBus.Configuration;
using Microsoft.Extensions.Logging;

if (args.Contains("--help"))
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

try
{
    var arguments = Arguments.Parse(args);
    var options = EmulatorConfiguration.Load(arguments.ConfigurationFile, new LocalServiceBusOptions
    {
        Port = arguments.Port,
        DataFolder = arguments.DataFolder,
        LoggerFactory = new ConsoleLoggerFactory(arguments.Verbose ? LogLevel.Debug : LogLevel.Information),
    });

    var stop = new TaskCompletionSource();
    using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    await using var bus = await LocalServiceBusServer.StartAsync(options);
    Console.WriteLine(bus.ConnectionString);
    await stop.Task;
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.TrySetResult();
    }
}
catch (LocalServiceBusException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
