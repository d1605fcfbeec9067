using System.Globalization;
using System.Runtime.InteropServices;
using FunctionsHost;

// Hosts the payments app, or the worker that --worker names, as `func start` would, for anyone on this machine: no key is asked for. All other arguments are settings of the app.
//   FunctionsHost --urls http://127.0.0.1:0 --timers 00:00:03 --PaymentsStorage=… --ServiceBusConnection=… --Idempotency:Lease=00:00:03
var arguments = Arguments.Parse(args);
var stop = new TaskCompletionSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await using var host = await FunctionHost.StartAsync(new FunctionHostOptions
{
    Worker = arguments.Worker ?? FunctionHostOptions.Payments,
    Settings = arguments.Settings,
    Port = arguments.Port,
    AsksForKeys = false,
});
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Payments is served on {host.Address.GetLeftPart(UriPartial.Authority)} by the function app, whose worker is process {host.WorkerId}."));

using var timers = new TimerLoop(host, arguments.Timers);
var ended = await Task.WhenAny(stop.Task, host.WorkerExitAsync());
await timers.StopAsync();
if (ended != stop.Task)
{
    await Console.Error.WriteLineAsync($"The worker ended by itself. {host.Output}");
    return 1;
}

var exitCode = await host.StopAsync();
Console.WriteLine(host.Output);
return exitCode;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}
