using System.Diagnostics;

namespace Payments.LocalHost.Tests;

/// <summary>Waits for what a process will have done. The limit only ends a test that would hang: no test passes or fails by how quick the machine is.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads until what is read is as it must be.</summary>
    public static async Task<T> Async<T>(Func<Task<T>> read, Func<T, bool> isThere)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = await read();
            if (isThere(found))
            {
                return found;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"It did not come about; the last that was read is {found}.");
            await Task.Delay(Pause);
        }
    }
}
