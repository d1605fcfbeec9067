using System.Diagnostics;
using Mutation.Compiling;
using Mutation.Copying;
using Mutation.Guards;
using Mutation.Running;

namespace Mutation;

/// <summary>Takes guards out one at a time and asks the test projects.</summary>
internal sealed class MutationRun(WorkingCopy copy, TextWriter progress) : IDisposable
{
    private readonly SuiteRunner _runner = new(copy);
    private readonly Dictionary<string, MutatedLibrary> _libraries = [];
    private int _mutants;

    public async Task<IReadOnlyList<GuardResult>> RunAsync(IReadOnlyList<Guard> guards, CancellationToken cancellationToken)
    {
        foreach (var suite in guards.SelectMany(guard => guard.Suites).Distinct())
        {
            await copy.BuildAsync(suite, cancellationToken);
            var count = await _runner.RunUnchangedAsync(suite, cancellationToken);
            await progress.WriteLineAsync($"{suite}: {count} tests pass with every guard in place.");
        }

        foreach (var library in guards.Select(guard => guard.Library).Distinct())
        {
            _libraries[library] = await copy.LoadLibraryAsync(library, cancellationToken);
        }

        var results = new List<GuardResult>();
        foreach (var guard in guards)
        {
            var clock = Stopwatch.StartNew();
            var result = await TakeOutAsync(guard, cancellationToken);
            results.Add(result);
            await progress.WriteLineAsync($"{results.Count}/{guards.Count} {guard.Name}: {result.CaughtBy ?? result.Fault ?? "SURVIVED"} ({clock.Elapsed.TotalSeconds:F0} s)");
        }

        return results;
    }

    public void Dispose() => _runner.Dispose();

    private async Task<GuardResult> TakeOutAsync(Guard guard, CancellationToken cancellationToken)
    {
        try
        {
            var source = await File.ReadAllTextAsync(copy.PathOf(guard.File), cancellationToken);
            var assembly = copy.PathOf($"mutants/{_mutants++}/{guard.Library}.dll");
            Directory.CreateDirectory(Path.GetDirectoryName(assembly)!);
            await File.WriteAllBytesAsync(assembly, _libraries[guard.Library].Compile(guard.File[$"src/{guard.Library}/".Length..], Snippet.TakeOut(source, guard)), cancellationToken);
            foreach (var suite in guard.Suites)
            {
                if (await _runner.RunAsync(suite, guard, assembly, cancellationToken) is { } test)
                {
                    return new GuardResult(guard, test, Fault: null);
                }
            }

            return new GuardResult(guard, CaughtBy: null, Fault: null);
        }
        catch (MutationException exception)
        {
            return new GuardResult(guard, CaughtBy: null, exception.Message);
        }
    }
}
