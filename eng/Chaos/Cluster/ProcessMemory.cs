using System.Diagnostics;

namespace Chaos.Cluster;

/// <summary>How much memory a process holds.</summary>
internal static class ProcessMemory
{
    private const long Megabyte = 1024 * 1024;

    /// <returns>0 where it is dead.</returns>
    public static long MegabytesOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.WorkingSet64 / Megabyte;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return 0;
        }
    }
}
