namespace Payments.LocalHost.Tests.Queues;

/// <summary>Waits for what a queue will have done.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads until what is read is as it must be.</summary>
    public static async Task<T> Async<T>(Func<Task<T>> read, Func<T, bool> isThere, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? Patience);
        while (true)
        {
            var found = await read();
            if (isThere(found))
            {
                return found;
            }

            Assert.True(DateTime.UtcNow < deadline, $"It did not come about; the last that was read is {found}.");
            await Task.Delay(Pause);
        }
    }
}
