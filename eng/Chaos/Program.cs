using Chaos.CommandLine;
using Chaos.Run;

if (args.Contains("--help"))
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentsException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var folder = arguments.Logs is { } logs ? Directory.CreateDirectory(logs).FullName : Directory.CreateTempSubdirectory("chaos-").FullName;
Console.WriteLine($"Chaos with seed {arguments.Seed}; the processes' output goes to {folder}");
var isKept = true;
try
{
    var isWhole = await ChaosRun.RunAsync(arguments, folder, stop.Token);
    isKept = !isWhole || arguments.Logs is not null;
    return isWhole ? 0 : 1;
}
catch (Exception exception) when (exception is InvalidOperationException or LocalAzurite.AzuriteException or TimeoutException)
{
    // A process that does not start says why itself.
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped before its end: nothing is reconciled.");
    return 2;
}
finally
{
    if (isKept)
    {
        Console.WriteLine($"The processes' output is in {folder}");
    }
    else
    {
        Directory.Delete(folder, recursive: true);
    }
}
