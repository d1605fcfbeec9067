using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mutation.Running;

/// <summary>
/// Runs one test project in this process, with xunit's own runner, until its first failure. A host of our own, since starting the usual one costs three
/// processes and more time than most suites take.
/// </summary>
internal sealed class TestHost : IMessageSink
{
    // What still runs after the first failure may hang.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _total;
    private bool _failed;

    /// <returns>The exit code: 0 where all tests passed.</returns>
    public static async Task<int> RunAsync(string suite)
    {
        using var framework = new XunitTestFramework(new NoMessages());
        using var executor = framework.GetExecutor(Assembly.Load(new AssemblyName(suite)).GetName());
        var host = new TestHost();
        executor.RunAll(host, new DefaultOptions(), new DefaultOptions());
        await host._over.Task;
        if (host._failed)
        {
            // The process ends here whatever is left of it.
            Environment.Exit(1);
        }

        Console.WriteLine(TestEvents.Done + host._total.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (_lock)
        {
            switch (message)
            {
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
                case ITestAssemblyFinished:
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
            _ = Task.Delay(StopTimeout).ContinueWith(_ => _over.TrySetResult(), TaskScheduler.Default);
        }
    }

    private sealed class NoMessages : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    /// <summary>Every setting as the test project says, or as xunit has it.</summary>
    private sealed class DefaultOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
