using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Outbox;

/// <summary>How committed messages are sent, and how those are found whose sender died.</summary>
public sealed class OutboxOptions
{
    /// <summary>
    /// Whose messages these are: apps of other names that share tables, or even partitions, neither send nor list them. Instances that take over from each other need the same name, slots
    /// too that take the same queues. Up to 128 letters, digits, dots, hyphens and underscores. Default the host's application name,
    /// with that of the deployment slot.
    /// </summary>
    public string? AppName { get; set; }

    /// <summary>The table that notes which partitions may hold unsent messages. Default <c>OutboxPartitions</c>.</summary>
    public string TableName { get; set; } = "OutboxPartitions";

    /// <summary>How long one note of a partition serves. A process writes one small row a window and active partition. Default 5 min, range 10 s to 1 h.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after a note has stopped serving it is still kept. It covers the clock's difference between two instances and the time that the write of
    /// one commit may take with all its retries (not the handler's time). Default 10 min, range 10 s to 1 day.
    /// </summary>
    public TimeSpan NoteGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How old a message must be before the sweeper takes it for stranded; sooner it would only race the process that committed it. Default 30 s, range 1 s to 1 h.</summary>
    public TimeSpan SweepAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often this process sweeps. Default 1 min, range 1 s to 1 h; zero where something else calls <see cref="OutboxSweeper.SweepAsync"/>, such as a timer trigger.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many partitions a sweep looks into at the same time. Default 8, range 1 to 64.</summary>
    public int SweepConcurrency { get; set; } = 8;

    /// <summary>How many partitions this process sends for at the same time; the operations of one partition are sent one after another. Default 8, range 1 to 64.</summary>
    public int DispatchConcurrency { get; set; } = 8;

    /// <summary>How many committed operations wait in this process for their messages to be sent; what is beyond is left to the sweeper. Default 10,000, range 1 to 1,000,000.</summary>
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>How long one send may take before it counts as failed. Default 30 s, range 100 ms to 5 min.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>After how many failed attempts a message is parked for a person to look at. Default 25 (about five hours with the default pauses), range 1 to 1,000.</summary>
    public int MaxAttempts { get; set; } = 25;

    /// <summary>The pause after the first failed attempt; it doubles with each further one. Default 5 s, range 0 to 1 h.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two attempts. Default 15 min, range 0 to 1 day, at least <see cref="FirstRetryDelay"/>.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a stopping process goes on sending what it has in hand; the rest is left to the sweeper. Default 5 s, range 0 to 5 min.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Outbox")
        .If(!AppNames.IsValid(AppName), $"AppName is '{AppName}': name the app by up to 128 letters, digits, '.', '-' and '_'.")
        .TableNamed(TableName)
        .Between(Window, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1))
        .Between(NoteGrace, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1))
        .Between(SweepAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .Between(SendTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
        .Between(FirstRetryDelay, TimeSpan.Zero, TimeSpan.FromHours(1))
        .Between(MaxRetryDelay, FirstRetryDelay, TimeSpan.FromDays(1))
        .Between(StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5))
        .Between(SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), (TimeSpan.Zero, "to sweep by yourself"))
        .Between(SweepConcurrency, 1, 64)
        .Between(DispatchConcurrency, 1, 64)
        .Between(QueueCapacity, 1, 1_000_000)
        .Between(MaxAttempts, 1, 1_000);
}
