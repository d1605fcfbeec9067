using System.Diagnostics;
using Mutation.Compiling;
using Mutation.Copying;
using Mutation.Guards;
using Mutation.Running;

namespace Mutation;

/// <summary>Takes guards out one at a time and asks the test projects.</summary>
/// <param name="copy">The copy of the repository to do it in.</param>
/// <param name="own">Whether only a library's own test project is asked.</param>
/// <param name="progress">Is told about each guard as soon as it is known.</param>
internal sealed class MutationRun(WorkingCopy copy, bool own, TextWriter progress) : IDisposable
{
    private readonly SuiteRunner _runner = new(copy);
    private readonly Dictionary<string, MutatedLibrary> _libraries = [];
    private readonly HashSet<string> _prepared = [];
    private int _mutants;

    public async Task<IReadOnlyList<GuardResult>> RunAsync(IReadOnlyList<Guard> guards, CancellationToken cancellationToken)
    {
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
        foreach (var suite in guard.Suites.Take(own ? 1 : guard.Suites.Count))
        {
            // Only what is asked: mostly the library's own tests notice, and the others are never built.
            await PrepareAsync(suite, cancellationToken);
            try
            {
                if (await _runner.RunAsync(suite, guard, await CompileAsync(guard, cancellationToken), cancellationToken) is { } test)
                {
                    return new GuardResult(guard, test, Fault: null);
                }
            }
            catch (MutationException exception)
            {
                return new GuardResult(guard, CaughtBy: null, exception.Message);
            }
        }

        return new GuardResult(guard, CaughtBy: null, Fault: null);
    }

    private async Task PrepareAsync(string suite, CancellationToken cancellationToken)
    {
        if (_prepared.Add(suite))
        {
            await copy.BuildAsync(suite, cancellationToken);
            var count = await _runner.RunUnchangedAsync(suite, cancellationToken);
            await progress.WriteLineAsync($"{suite}: {count} tests pass with every guard in place.");
        }
    }

    private async Task<string> CompileAsync(Guard guard, CancellationToken cancellationToken)
    {
        var text = Snippet.TakeOut(await File.ReadAllTextAsync(copy.PathOf(guard.File), cancellationToken), guard);
        var mutant = copy.PathOf($"mutants/{_mutants++}/{(guard.IsSource ? $"{guard.Library}.dll" : guard.File)}");
        Directory.CreateDirectory(Path.GetDirectoryName(mutant)!);
        if (!guard.IsSource)
        {
            await File.WriteAllTextAsync(mutant, text, cancellationToken);
            return mutant;
        }

        if (!_libraries.TryGetValue(guard.Library, out var library))
        {
            _libraries[guard.Library] = library = await copy.LoadLibraryAsync(guard.Library, cancellationToken);
        }

        await File.WriteAllBytesAsync(mutant, library.Compile(guard.File[$"src/{guard.Library}/".Length..], text), cancellationToken);
        return mutant;
    }
}
