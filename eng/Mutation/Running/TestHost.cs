using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mutation.Running;

/// <summary>
/// Runs a test project in this process, with xunit's own runner, each time with another mutated library and until the first failure. A host of our own, since
/// the usual one starts three processes for each run: what xunit and the framework need to warm up is most of a mutation run's time.
/// </summary>
internal sealed class TestHost : IMessageSink
{
    // What still runs after the first failure may hang.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<ITestCase> _found = [];
    private TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _total;
    private bool _failed;
    private bool _leftBehind;

    /// <summary>Runs what the lines of the standard input ask for, to its end: an assembly's path (empty for the library as it is) and where to begin.</summary>
    public static async Task<int> ServeAsync(string suite)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var (assembly, nearby) = line.Split('\t') is [var first, var second] ? (first, second) : throw new MutationException($"'{line}' is no request.");
            if (!await RunAsync(suite, assembly.Length == 0 ? null : assembly, nearby))
            {
                // Tests that were left behind would disturb the next ones.
                return 1;
            }

            Console.WriteLine(TestEvents.Ready);
        }

        return 0;
    }

    /// <returns>Whether nothing is left of it in this process.</returns>
    private static async Task<bool> RunAsync(string suite, string? mutated, string nearby)
    {
        var context = new MutatedContext(suite, mutated);
        using var scope = context.EnterContextualReflection();
        var assembly = context.LoadFromAssemblyName(new AssemblyName(suite));
        var host = new TestHost();
        using var framework = new XunitTestFramework(host);
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, host, new DefaultOptions());
        await host._over.Task;
        using var executor = framework.GetExecutor(assembly.GetName());
        var nearFirst = host._found.ToLookup(test => nearby.Length > 0 && test.TestMethod.TestClass.Class.Name.Contains(nearby, StringComparison.Ordinal)).OrderByDescending(cases => cases.Key);
        foreach (var cases in nearFirst)
        {
            host._over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            executor.RunTests(cases, host, new DefaultOptions());
            await host._over.Task;
            if (host._failed)
            {
                return !host._leftBehind;
            }
        }

        Console.WriteLine(TestEvents.Done + host._total.ToString(CultureInfo.InvariantCulture));
        return true;
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (_lock)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    _found.Add(found.TestCase);
                    break;
                case ITestStarting starting:
                    Console.WriteLine(TestEvents.Started + TestEvents.ShortName(starting.Test.DisplayName));
                    break;
                case ITestFailed failed:
                    Fail(TestEvents.ShortName(failed.Test.DisplayName));
                    break;
                case ITestFinished finished:
                    _total++;
                    Console.WriteLine(TestEvents.Ended + TestEvents.ShortName(finished.Test.DisplayName));
                    break;
                case IErrorMessage or ITestAssemblyCleanupFailure or ITestCollectionCleanupFailure or ITestClassCleanupFailure or ITestCleanupFailure:
                    Fail("a clean-up");
                    break;
                case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                    _over.TrySetResult();
                    break;
            }

            return !_failed;
        }
    }

    private void Fail(string name)
    {
        Console.WriteLine(TestEvents.Failed + name);
        if (!_failed)
        {
            _failed = true;
            var over = _over;
            _ = Task.Delay(StopTimeout).ContinueWith(_ => _leftBehind |= over.TrySetResult(), TaskScheduler.Default);
        }
    }

    /// <summary>Every setting as xunit has it.</summary>
    private sealed class DefaultOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
