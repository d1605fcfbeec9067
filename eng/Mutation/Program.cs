using Mutation.CommandLine;
using Mutation.Copying;
using Mutation.Guards;
using Mutation.Running;

namespace Mutation;

internal static class Program
{
    /// <summary>How this program calls itself inside a test project's folder.</summary>
    public const string TestHostCommand = "--test-host";

    public static async Task<int> Main(string[] args)
    {
        if (args is [TestHostCommand, var suite])
        {
            return await TestHost.ServeAsync(suite);
        }

        if (args is ["--help"])
        {
            Console.WriteLine(Arguments.Usage);
            return 0;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, interrupt) =>
        {
            interrupt.Cancel = true;
            stop.Cancel();
        };
        try
        {
            return await RunAsync(Arguments.Parse(args), stop.Token);
        }
        catch (MutationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var guards = GuardList.Select(arguments.Only);
        if (arguments.List)
        {
            foreach (var guard in guards)
            {
                Console.WriteLine($"law {guard.Law}  {guard.Name}  ({guard.File})");
            }

            return 0;
        }

        var folder = arguments.Folder ?? Directory.CreateTempSubdirectory("mutation-").FullName;
        try
        {
            var copy = await WorkingCopy.CreateAsync(Repository.Root, Path.GetFullPath(folder), cancellationToken);
            using var run = new MutationRun(copy, arguments.Own, Console.Error);
            var results = await run.RunAsync(guards, cancellationToken);
            var table = ResultTable.Write(results);
            Console.Write(table);
            if (arguments.Table is { } file)
            {
                await File.WriteAllTextAsync(file, table, cancellationToken);
            }

            var missed = results.Count(result => !result.IsCaught);
            Console.WriteLine($"{results.Count - missed} of {results.Count} guards are missed by a test when they are taken out.");
            return missed == 0 ? 0 : 1;
        }
        finally
        {
            if (arguments.Folder is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
