namespace ServerlessIdempotency;

/// <summary>How operations are claimed and how long they are remembered.</summary>
public sealed class IdempotencyOptions
{
    internal static readonly TimeSpan MinLease = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MaxLease = TimeSpan.FromHours(1);
    internal static readonly TimeSpan MinRetention = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan MaxRetention = TimeSpan.FromDays(400);

    /// <summary>
    /// How long a claim is held without a sign of life. It is renewed at half-life while the handler runs, so it bounds how long a crash blocks a retry,
    /// not how long a handler may take. Default 60 s, range 1 s to 1 h.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a result is replayed; past it the same key is a new operation. Default 24 h, range 1 min to 400 days, longer than the lease.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How far the clocks of two instances may differ: a lease is taken over only this long after it ran out. Default 1 s, range 0 to 60 s.
    /// </summary>
    public TimeSpan ClockSkewMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The table of records that do not live beside business rows. Default <c>Idempotency</c>.</summary>
    public string TableName { get; set; } = "Idempotency";

    /// <summary>How often a handler is run again when the rows it had read changed before its commit. Default 5, range 1 to 100.</summary>
    public int MaxCommitAttempts { get; set; } = 5;

    /// <summary>The first pause of a caller that waits for another one's result; it doubles up to ten times this. Default 100 ms, range 1 ms to 10 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many bytes of completed records this process keeps to replay without a round trip. Default 16 MiB, range 0 (off) to 1 GiB.</summary>
    public long LocalCacheBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (Lease < MinLease || Lease > MaxLease)
        {
            yield return $"Idempotency:Lease is {Lease}: set it between 00:00:01 and 01:00:00.";
        }

        if (Retention < MinRetention || Retention > MaxRetention)
        {
            yield return $"Idempotency:Retention is {Retention}: set it between 00:01:00 and 400.00:00:00.";
        }

        if (Retention <= Lease)
        {
            yield return $"Idempotency:Retention ({Retention}) must be longer than Idempotency:Lease ({Lease}).";
        }

        if (ClockSkewMargin < TimeSpan.Zero || ClockSkewMargin > TimeSpan.FromSeconds(60))
        {
            yield return $"Idempotency:ClockSkewMargin is {ClockSkewMargin}: set it between 00:00:00 and 00:01:00.";
        }

        if (string.IsNullOrWhiteSpace(TableName))
        {
            yield return "Idempotency:TableName is empty: name a table.";
        }

        if (MaxCommitAttempts is < 1 or > 100)
        {
            yield return $"Idempotency:MaxCommitAttempts is {MaxCommitAttempts}: set it between 1 and 100.";
        }

        if (PollInterval < TimeSpan.FromMilliseconds(1) || PollInterval > TimeSpan.FromSeconds(10))
        {
            yield return $"Idempotency:PollInterval is {PollInterval}: set it between 00:00:00.001 and 00:00:10.";
        }

        if (LocalCacheBytes is < 0 or > 1024 * 1024 * 1024)
        {
            yield return $"Idempotency:LocalCacheBytes is {LocalCacheBytes}: set it between 0 and 1073741824.";
        }
    }

    internal void ThrowIfInvalid()
    {
        if (string.Join(' ', Validate()) is { Length: > 0 } faults)
        {
            throw new ArgumentException(faults);
        }
    }
}
