namespace LocalServiceBus.Benchmarks;

/// <summary>What is left in the process after a full collection.</summary>
internal sealed record MemoryInUse(long Heap, long WorkingSet)
{
    public static MemoryInUse Now()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new MemoryInUse(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    public override string ToString() => $"heap {Heap / 1e6:F1} MB, working set {WorkingSet / 1e6:F1} MB";
}
