using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Rows;
using TestDoubles.Time;

namespace ServerlessIdempotency.Tests.Purge;

public sealed class PurgeLoopTests
{
    private static readonly PartitionAddress Partition = new("Invoices", "alice");

    [Fact]
    public async Task It_purges_every_interval_and_goes_on_after_the_store_was_away()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var store = new ExpiringStore { IsAway = true };
        await store.InsertAsync(time.GetUtcNow());
        await using var services = Services(store, time, options => options.Tables.Add(Partition.Table));
        var loop = services.GetServices<IHostedService>().OfType<PurgeLoop>().Single();
        await loop.StartAsync(default);

        time.Advance(TimeSpan.FromHours(6));
        await store.Asked.WaitAsync(TimeSpan.FromMinutes(10));
        Assert.NotNull(await store.ReadAsync());
        store.IsAway = false;

        time.Advance(TimeSpan.FromHours(6));
        await store.Deleted.WaitAsync(TimeSpan.FromMinutes(10));
        await loop.StopAsync(default);

        Assert.Null(await store.ReadAsync());
    }

    /// <summary>Law 15, and a store's client that tells its own time-out as a cancellation.</summary>
    [Fact(Timeout = 60_000)]
    public async Task It_purges_although_timers_fire_early_and_the_store_timed_out_before()
    {
        var time = new EarlyTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var store = new ExpiringStore { IsSlow = true };
        await store.InsertAsync(time.GetUtcNow());
        await using var services = Services(store, time, options => options.Tables.Add(Partition.Table));
        var loop = services.GetServices<IHostedService>().OfType<PurgeLoop>().Single();
        await loop.StartAsync(default);

        time.AdvanceThrough(TimeSpan.FromHours(6));
        await store.Asked;
        store.IsSlow = false;
        time.AdvanceThrough(TimeSpan.FromHours(6));
        await store.Deleted;
        await loop.StopAsync(default);

        Assert.Null(await store.ReadAsync());
    }

    [Fact]
    public async Task With_no_interval_it_leaves_the_purge_to_others()
    {
        var time = new FakeTimeProvider();
        await using var services = Services(new ExpiringStore(), time, options => options.Interval = TimeSpan.Zero);
        var loop = services.GetServices<IHostedService>().OfType<PurgeLoop>().Single();

        await loop.StartAsync(default);

        await loop.ExecuteTask!.WaitAsync(TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData("Purge:Grace")]
    [InlineData("Purge:MaxRows")]
    [InlineData("Purge:Concurrency")]
    [InlineData("Purge:Interval")]
    [InlineData("Purge:Tables")]
    public void A_setting_out_of_range_is_told_by_its_name(string setting)
    {
        using var services = Services(new ExpiringStore(), new FakeTimeProvider(), options =>
        {
            (options.Grace, options.MaxRows, options.Concurrency, options.Interval) = setting switch
            {
                "Purge:Grace" => (TimeSpan.Zero, 1, 1, TimeSpan.Zero),
                "Purge:MaxRows" => (TimeSpan.FromHours(1), 0, 1, TimeSpan.Zero),
                "Purge:Concurrency" => (TimeSpan.FromHours(1), 1, 65, TimeSpan.Zero),
                "Purge:Interval" => (TimeSpan.FromHours(1), 1, 1, TimeSpan.FromSeconds(1)),
                _ => (TimeSpan.FromHours(1), 1, 1, TimeSpan.Zero),
            };
            if (setting == "Purge:Tables")
            {
                options.Tables.Add(" ");
            }
        });

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<PurgeOptions>>().Value);

        Assert.Contains(setting, Assert.Single(fault.Failures), StringComparison.Ordinal);
    }

    private static ServiceProvider Services(ExpiringStore store, TimeProvider time, Action<PurgeOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddSingleton<IRowStore>(store);
        services.AddSingleton<IExpiredRowStore>(store);
        services.AddIdempotency().AddPurge(configure);
        return services.BuildServiceProvider();
    }

    private sealed class ExpiringStore : IExpiredRowStore
    {
        private readonly InMemoryRowStore _memory = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsAway { get; set; }

        public bool IsSlow { get; set; }

        public Task Asked => _asked.Task;

        public Task Deleted => _deleted.Task;

        public Task<WriteOutcome> InsertAsync(DateTimeOffset now) => _memory.WriteAsync(
            new RowTransaction(Partition, [RowWrite.Insert("event|1", new Dictionary<string, object> { [RowColumns.ExpiresAt] = now.AddDays(-1) })]), default);

        public Task<Row?> ReadAsync() => _memory.ReadAsync(Partition.Row("event|1"), default);

        public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => _memory.ReadAsync(address, cancellationToken);

        public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => _memory.QueryAsync(query, cancellationToken);

        public IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            if (IsSlow)
            {
                throw new TaskCanceledException("The request timed out.");
            }

            return IsAway ? throw new StoreUnavailableException("away") : _memory.QueryExpiredAsync(table, before, cancellationToken);
        }

        public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
        {
            var outcome = await _memory.WriteAsync(transaction, cancellationToken);
            _deleted.TrySetResult();
            return outcome;
        }
    }
}
