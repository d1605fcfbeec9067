namespace ServerlessIdempotency.Purge;

/// <summary>What is purged and how fast. Nothing depends on it but the bill: expiry is checked on read.</summary>
public sealed class PurgeOptions
{
    /// <summary>
    /// Tables whose expired rows are deleted, beside <see cref="IdempotencyOptions.TableName"/>: those that hold records beside business rows, or processed events. Any
    /// row in them with a column <c>ExpiresAt</c> expires; rows without it never do. Default none.
    /// </summary>
    public IList<string> Tables { get; } = [];

    /// <summary>
    /// How long after its expiry a row is still kept: longer than the clocks of two instances may differ, and long enough to look at what has just expired. Default 1 h,
    /// range 1 min to 30 days.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many rows one run deletes at most; the next one goes on. Default 50,000, range 1 to 10,000,000.</summary>
    public int MaxRows { get; set; } = 50_000;

    /// <summary>How many transactions, of at most 100 rows of one partition each, are under way at the same time. Default 8, range 1 to 64.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>
    /// How often this process purges. A run looks at every row of its tables, a request for each thousand of them, so it is as long as they are large. Default 6 h, range
    /// 1 min to 7 days; zero where something else calls <see cref="ExpiredRowPurger.PurgeAsync"/>, such as a timer trigger.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (Tables.Any(string.IsNullOrWhiteSpace))
        {
            yield return "Purge:Tables has an empty name: name a table, or leave it out.";
        }

        if (Grace < TimeSpan.FromMinutes(1) || Grace > TimeSpan.FromDays(30))
        {
            yield return $"Purge:Grace is {Grace}: set it between 00:01:00 and 30.00:00:00.";
        }

        if (MaxRows is < 1 or > 10_000_000)
        {
            yield return $"Purge:MaxRows is {MaxRows}: set it between 1 and 10000000.";
        }

        if (Concurrency is < 1 or > 64)
        {
            yield return $"Purge:Concurrency is {Concurrency}: set it between 1 and 64.";
        }

        if (Interval != TimeSpan.Zero && (Interval < TimeSpan.FromMinutes(1) || Interval > TimeSpan.FromDays(7)))
        {
            yield return $"Purge:Interval is {Interval}: set it between 00:01:00 and 7.00:00:00, or to 00:00:00 to purge by yourself.";
        }
    }
}
