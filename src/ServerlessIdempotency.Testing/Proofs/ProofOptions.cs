namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>How far a proof looks.</summary>
public sealed class ProofOptions
{
    /// <summary>The most faults in one schedule (a crash, a lost reply, a refusal, a stall, a skewed clock, a second delivery). Default 2, range 0 to 10.</summary>
    public int Faults { get; set; } = 2;

    /// <summary>The most times that the scheduler goes on elsewhere than it would by itself. Default 3, range 0 to 20.</summary>
    public int Switches { get; set; } = 3;

    /// <summary>The most faults and switches together. Default 2, range 0 to 30.</summary>
    public int Deviations { get; set; } = 2;

    /// <summary>The most schedules that are run one by one; what is left within the bounds is sampled. Default 5,000, at least 1.</summary>
    public int MaxSchedules { get; set; } = 5_000;

    /// <summary>How many random schedules are run beyond the bounds. Default 200, at least 0.</summary>
    public int Samples { get; set; } = 200;

    /// <summary>The seed of the random schedules; the report names it. Default: another one each time.</summary>
    public int? Seed { get; set; }

    /// <summary>The moment at which each run begins. Default 2026-01-01T00:00Z.</summary>
    public DateTimeOffset BeginsAt { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// How long a stalled process stands still before its caller gives up and its broker's lock is gone: longer than lease and margin together. Default 62 s
    /// (the default lease of 60 s, the default margin of 1 s, and a second).
    /// </summary>
    public TimeSpan Stall { get; set; } = TimeSpan.FromSeconds(62);

    /// <summary>How far the clock of a process may be ahead of or behind the others. Default 1 s (the default margin); zero for none.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How far the broker's clock may be ahead of or behind the others, which shows where it takes a message that is to come later. Default 1 s; zero for none.</summary>
    public TimeSpan BrokerClockSkew { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the broker holds a message for a consumer. Default 60 s.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// For how long locks are renewed while a consumer runs; <see cref="LockDuration"/> later the message is delivered again beside it, and what that consumer says of it counts no more.
    /// Default null: for as long as it runs. At least 0 (never, as in a batch).
    /// </summary>
    public TimeSpan? LockRenewal { get; set; }

    /// <summary>
    /// How long after it was given back a message comes again. Default null: 2 s, doubled each time up to 30 s, as where the consumer waits before it gives back. Zero as a broker does it, for
    /// a consumer that waits by itself, such as one within a <see cref="Inbox.RedeliveryPolicy"/>.
    /// </summary>
    public TimeSpan? RedeliveryPause { get; set; }

    /// <summary>How often a message is delivered before it is dead-lettered. Default 10, at least 1.</summary>
    public int MaxDeliveryCount { get; set; } = 10;

    /// <summary>How often a caller tries before it counts as never answered. Default 30 (by <c>Retry-After</c> of the HTTP contract the end of a lease takes 8), at least 1.</summary>
    public int MaxAttempts { get; set; } = 30;

    /// <summary>How much time passes before each round of the background jobs. Default 60 s.</summary>
    public TimeSpan JobInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many rounds of the background jobs there are at most. Default 8, at least 0.</summary>
    public int MaxJobRounds { get; set; } = 8;

    /// <summary>How many points one schedule may have before it counts as endless. Default 2,000, at least 10.</summary>
    public int MaxPoints { get; set; } = 2_000;

    /// <summary>Whether states that were come to before are left. Only for the proof's own tests.</summary>
    internal bool Prunes { get; set; } = true;

    /// <summary>How long, in real time, something may run that the proof does not control before the proof gives up on it. Default 30 s.</summary>
    public TimeSpan UncontrolledTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal void ThrowIfInvalid()
    {
        (string Name, int Value, int Min, int Max)[] counts =
        [
            (nameof(Faults), Faults, 0, 10),
            (nameof(Switches), Switches, 0, 20),
            (nameof(Deviations), Deviations, 0, 30),
            (nameof(MaxSchedules), MaxSchedules, 1, int.MaxValue / 4),
            (nameof(Samples), Samples, 0, int.MaxValue),
            (nameof(MaxDeliveryCount), MaxDeliveryCount, 1, int.MaxValue),
            (nameof(MaxAttempts), MaxAttempts, 1, int.MaxValue),
            (nameof(MaxJobRounds), MaxJobRounds, 0, int.MaxValue),
            (nameof(MaxPoints), MaxPoints, 10, int.MaxValue),
        ];
        var faults = counts.Where(count => count.Value < count.Min || count.Value > count.Max).Select(count => $"{count.Name} is {count.Value}: set it between {count.Min} and {count.Max}.");
        (string Name, TimeSpan? Value)[] times = [(nameof(ClockSkew), ClockSkew), (nameof(BrokerClockSkew), BrokerClockSkew), (nameof(LockRenewal), LockRenewal), (nameof(RedeliveryPause), RedeliveryPause)];
        faults = faults.Concat(times.Where(time => time.Value < TimeSpan.Zero).Select(time => $"{time.Name} is {time.Value}: set it to 0 or more."));
        if (string.Join(' ', faults) is { Length: > 0 } text)
        {
            throw new ArgumentException(text);
        }
    }
}
