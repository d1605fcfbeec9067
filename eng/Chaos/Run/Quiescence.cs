namespace Chaos.Run;

/// <summary>Waits until nothing is in flight any more.</summary>
/// <param name="look">Says what is in flight, in a few words; nothing where it sees nothing.</param>
/// <param name="pause">Between two looks.</param>
internal sealed class Quiescence(Func<CancellationToken, Task<string>> look, Func<CancellationToken, Task> pause)
{
    // A look sees one thing after another. A message that is sent after the queues were counted and before the outbox is read is in neither, and neither is an order that
    // parks behind the look's back. What moved during one look is seen by the next.
    private const int LooksInARow = 2;

    public static TimeSpan MaxWait { get; } = TimeSpan.FromMinutes(5);

    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(2);

    /// <summary>What was in flight at the last look that saw something, in a few words.</summary>
    public string InFlight { get; private set; } = "unknown";

    /// <returns>False where it did not come to rest in time.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MaxWait);
        try
        {
            for (var atRest = 0; ;)
            {
                var seen = await TryLookAsync(timeout.Token);
                if (seen.Length > 0)
                {
                    InFlight = seen;
                    atRest = 0;
                }
                else if (++atRest == LooksInARow)
                {
                    return true;
                }

                await pause(timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string> TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await look(cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // A process that has only just started again may not answer yet.
            return $"unknown: {exception.Message}";
        }
    }
}
