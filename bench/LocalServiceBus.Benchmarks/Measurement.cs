using System.Diagnostics;

namespace LocalServiceBus.Benchmarks;

/// <summary>How long a number of messages took, and what was allocated for them in the whole process.</summary>
internal sealed record Measurement(string Name, int Messages, TimeSpan Elapsed, long AllocatedBytes)
{
    public double PerSecond => Messages / Elapsed.TotalSeconds;

    public long BytesEach => AllocatedBytes / Messages;

    public static async Task<Measurement> OfAsync(string name, int messages, Func<Task> run)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await run();
        return new Measurement(name, messages, Stopwatch.GetElapsedTime(started), GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }
}
