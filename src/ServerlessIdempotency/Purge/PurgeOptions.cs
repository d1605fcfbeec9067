using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Purge;

/// <summary>What is purged and how fast. Nothing depends on it but the bill: expiry is checked on read.</summary>
public sealed class PurgeOptions
{
    /// <summary>
    /// Tables whose expired rows are deleted, beside <see cref="IdempotencyOptions.TableName"/>: those that hold records beside business rows, or processed events. Any
    /// row in them with a column <see cref="Rows.RowColumns.ExpiresAt"/> expires; rows without it never do. Default none.
    /// </summary>
    public IList<string> Tables { get; } = [];

    /// <summary>
    /// How long after its expiry a row is still kept: longer than the clocks of two instances may differ, and long enough to look at what has just expired. Default 1 h,
    /// range 1 min to 30 days.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many rows one run deletes at most, each table its share; the next one goes on. Default 50,000, range 1 to 10,000,000.</summary>
    public int MaxRows { get; set; } = 50_000;

    /// <summary>How many transactions, of at most 100 rows of one partition each, are under way at the same time. Default 8, range 1 to 64.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>
    /// How often this process purges. A run looks at every row of its tables, a request for each thousand of them, so it is as long as they are large. Default 6 h, range
    /// 1 min to 7 days; zero where something else calls <see cref="ExpiredRowPurger.PurgeAsync"/>, such as a timer trigger.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Purge")
        .Named(Tables.Any(string.IsNullOrWhiteSpace) ? "" : nameof(Tables), "table", nameof(Tables))
        .Between(Grace, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))
        .Between(MaxRows, 1, 10_000_000)
        .Between(Concurrency, 1, 64)
        .Between(Interval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7), (TimeSpan.Zero, "to purge by yourself"));
}
