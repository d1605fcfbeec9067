using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency;

/// <summary>How operations are claimed and how long they are remembered.</summary>
public sealed class IdempotencyOptions
{
    internal static readonly TimeSpan MinLease = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MaxLease = TimeSpan.FromHours(1);
    internal static readonly TimeSpan DefaultRetention = TimeSpan.FromHours(24);
    internal static readonly TimeSpan MinRetention = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan MaxRetention = TimeSpan.FromDays(400);
    internal static readonly TimeSpan MinMaxExecution = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MaxMaxExecution = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a claim is held without a sign of life. It is renewed at half-life while the handler runs, so it bounds how long a crash blocks a retry,
    /// not how long a handler may take: that is <see cref="MaxExecution"/>. Default 60 s, range 1 s to 1 h.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long one execution may take. The lease is renewed no longer than that; then the handler's token is cancelled. A handler that answers all the same is
    /// heard, unless another execution has begun by then. Keep it below the time after which the host ends a function (<c>functionTimeout</c> of host.json), and above that after
    /// which the way to it gives up (230 s at the front end of Azure App Service). Default 4 min, range 1 s to 1 day.
    /// </summary>
    public TimeSpan MaxExecution { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How long a result is replayed; past it the same key is a new operation. Default 24 h, range 1 min to 400 days, longer than the lease.</summary>
    public TimeSpan Retention { get; set; } = DefaultRetention;

    /// <summary>
    /// How far the clocks of two instances may differ: a lease is taken over only this long after it ran out. Default 1 s, range 0 to 60 s.
    /// </summary>
    public TimeSpan ClockSkewMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The table of records that do not live beside business rows. Default <c>Idempotency</c>.</summary>
    public string TableName { get; set; } = "Idempotency";

    /// <summary>
    /// What this instance is called in the records, for people. Default: the environment variable <c>WEBSITE_INSTANCE_ID</c>, else the machine's name, with the process's id.
    /// </summary>
    public string InstanceName { get; set; } = $"{Environment.GetEnvironmentVariable("WEBSITE_INSTANCE_ID") ?? Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>How often a handler is run again when the rows it had read changed before its commit. Default 5, range 1 to 100.</summary>
    public int MaxCommitAttempts { get; set; } = 5;

    /// <summary>The first pause of a caller that waits for another one's result; it doubles up to ten times this. Default 100 ms, range 1 ms to 10 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many bytes of completed records this process keeps to replay without a round trip. Default 16 MiB, range 0 (off) to 1 GiB.</summary>
    public long LocalCacheBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// How long a record of that cache is replayed without a look into the store: so soon every instance knows what a person has decided about it. Default 30 s, range 1 s to 1 day.
    /// </summary>
    public TimeSpan LocalCacheAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Idempotency")
        .Between(Lease, MinLease, MaxLease)
        .Between(Retention, MinRetention, MaxRetention)
        .LongerThan(Retention, Lease, nameof(Lease))
        .Between(MaxExecution, MinMaxExecution, MaxMaxExecution)
        .Between(ClockSkewMargin, TimeSpan.Zero, TimeSpan.FromSeconds(60))
        .Named(TableName, "table")
        .Named(InstanceName, "instance")
        .Between(MaxCommitAttempts, 1, 100)
        .Between(PollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10))
        .Between(LocalCacheBytes, 0, 1024 * 1024 * 1024)
        .Between(LocalCacheAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
}
