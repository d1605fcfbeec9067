namespace Payments.LocalHost.Tests;

/// <summary>Starts hosts as whoever runs them does: one that ends at its start, for the faults of the network say, is started again.</summary>
internal static class Restarts
{
    private const int MaxStarts = 5;

    /// <exception cref="InvalidOperationException">It ended at its start as often as that.</exception>
    public static async Task<HostProcess> ServeAsync(HostProgram program, string storage, params string[] arguments)
    {
        for (var start = 1; ; start++)
        {
            try
            {
                return await HostProcess.ServeAsync(program, storage, arguments);
            }
            catch (InvalidOperationException) when (start < MaxStarts)
            {
                // It told why, and the last one's reason is the test's.
            }
        }
    }
}
