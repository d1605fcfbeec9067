using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Outbox;

/// <summary>Says that committed messages are not sent: at each sweep to the meter, and now and then to the log.</summary>
internal sealed class OverdueLog(TimeProvider timeProvider, ILogger logger, IdempotencyMetrics? metrics)
{
    /// <summary>From what age on a message should have been sent.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    // More often than an alert forgets, and less often than sweeps.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private DateTimeOffset _quietUntil;

    public void Tell(int overdue, DateTimeOffset oldest)
    {
        metrics?.MessagesOverdue(overdue);
        if (overdue == 0)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        lock (_lock)
        {
            if (now < _quietUntil)
            {
                return;
            }

            _quietUntil = now + Pause;
        }

        logger.MessagesOverdue(overdue, Age, oldest);
    }
}
