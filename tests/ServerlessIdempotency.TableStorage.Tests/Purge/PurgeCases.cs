using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage.Tests.Administration;

namespace ServerlessIdempotency.TableStorage.Tests.Purge;

/// <summary>The purge, the same over every store that lists expired rows.</summary>
public abstract class PurgeCases
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly string _table = AzuriteFixture.NewTableName();
    private readonly string _records = AzuriteFixture.NewTableName();

    private protected abstract IExpiredRowStore Store { get; }

    [Fact]
    public async Task What_expired_longer_ago_than_the_grace_is_deleted_and_nothing_else()
    {
        var now = _time.GetUtcNow();
        await InsertAsync("a", "event|1", (RowColumns.ExpiresAt, now.AddHours(-1).AddTicks(-1)));
        await InsertAsync("b", "event|2", (RowColumns.ExpiresAt, now.AddDays(-30)));
        await InsertAsync("a", "event|in-grace", (RowColumns.ExpiresAt, now.AddHours(-1)));
        await InsertAsync("a", "event|fresh", (RowColumns.ExpiresAt, now.AddDays(1)));
        await InsertAsync("a", "payment|1", ("Amount", 1250L));
        await InsertAsync("a", "coupon|1", ("ExpiresAt", now.AddDays(-30)));
        await InsertAsync("a", "other|1", (RowColumns.ExpiresAt, "long ago"));

        Assert.Equal(new PurgeResult(2, 0, IsComplete: true), await PurgeAsync());

        Assert.Equal(["coupon|1", "event|fresh", "event|in-grace", "other|1", "payment|1"], await KeysAsync("a"));
        Assert.Empty(await KeysAsync("b"));
    }

    [Fact]
    public async Task Rows_of_one_partition_go_by_the_hundred()
    {
        await InsertManyAsync("a", 250);
        var counting = new MeddlingStore(Store);

        Assert.Equal(250, (await PurgeAsync(counting)).Deleted);

        Assert.Equal([50, 100, 100], counting.Deletions.Order());
        Assert.Empty(await KeysAsync("a"));
    }

    // Guards the version that each deletion carries: without it the key that is in use again would be forgotten.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_came_to_life_in_the_meantime_stays_and_the_others_of_its_batch_go(bool rightAfterListing)
    {
        await InsertManyAsync("a", 5);
        Task ReviveAsync() => this.ReviveAsync("a", "event|0003");
        var meddling = new MeddlingStore(Store) { AfterListing = rightAfterListing ? ReviveAsync : null, BeforeDeletion = rightAfterListing ? null : ReviveAsync };

        Assert.Equal(new PurgeResult(4, 1, IsComplete: true), await PurgeAsync(meddling));

        Assert.Equal(["event|0003"], await KeysAsync("a"));
    }

    [Fact]
    public async Task A_row_that_another_purge_deleted_in_the_meantime_disturbs_nothing()
    {
        await InsertManyAsync("a", 5);
        var meddling = new MeddlingStore(Store) { BeforeDeletion = async () => await PurgeAsync() };

        Assert.Equal(5, (await PurgeAsync(meddling)).Deleted);
        Assert.Empty(await KeysAsync("a"));
    }

    [Fact]
    public async Task A_run_deletes_so_many_rows_and_the_next_one_goes_on()
    {
        await InsertManyAsync("a", 60);
        await InsertManyAsync("b", 60);

        Assert.Equal(new PurgeResult(100, 0, IsComplete: false), await PurgeAsync(maxRows: 100));
        Assert.Equal(new PurgeResult(20, 0, IsComplete: true), await PurgeAsync(maxRows: 100));
    }

    // Guards IsHeld: the record of a handler that outlives its own retention is its claim.
    [Fact]
    public async Task An_expired_record_that_someone_still_holds_stays()
    {
        var now = _time.GetUtcNow();
        await InsertAsync("a", "idem|held", (RowColumns.ExpiresAt, now.AddHours(-2)), ("LeaseUntil", now.AddSeconds(30)));
        await InsertAsync("a", "idem|lapsed", (RowColumns.ExpiresAt, now.AddHours(-2)), ("LeaseUntil", now.AddHours(-3)));

        Assert.Equal(new PurgeResult(1, 1, IsComplete: true), await PurgeAsync());

        Assert.Equal(["idem|held"], await KeysAsync("a"));
    }

    // Neither the record nor the note that finds it, whatever else of its table goes.
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task An_unknown_outcome_stays_however_old_it_is(CrashPolicy policy)
    {
        using var engine = new IdempotencyEngine(
            new RowWriter(Store, new RowWriterOptions(), _time), new IdempotencyOptions { TableName = _records, LocalCacheBytes = 0 }, _time, NullLogger<IdempotencyEngine>.Instance);
        var administration = AdministrationCases.AdministrationOver(Store, _records, _time);
        var operation = Operation with { CrashPolicy = policy };
        await Assert.ThrowsAsync<TimeoutException>(() => engine.ExecuteAsync<OperationResult>(operation, (_, _) => throw new TimeoutException(), default));
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(engine, Operation with { Key = IdempotencyKey.Create("k-2") }));

        _time.Advance(TimeSpan.FromDays(800));

        Assert.Equal(new PurgeResult(1, 0, IsComplete: true), await PurgeAsync());
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(engine, operation));
        Assert.Equal(OperationState.Unknown, Assert.Single(await administration.ListUnknownAsync(default).ToListAsync()).State);
    }

    // Law 8: the purge changes what is stored and nothing that a caller sees.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_purge_or_without_one_a_key_is_replayed_within_its_retention_and_new_past_it(bool purges)
    {
        using var engine = new IdempotencyEngine(
            new RowWriter(Store, new RowWriterOptions(), _time), new IdempotencyOptions { TableName = _records, LocalCacheBytes = 0 }, _time, NullLogger<IdempotencyEngine>.Instance);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(engine));
        await PurgeIfAsync(expected: 0);
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        await PurgeIfAsync(expected: 0);
        Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(engine));

        _time.Advance(TimeSpan.FromHours(2));
        await PurgeIfAsync(expected: 1);

        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(engine));
        Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(engine));

        async Task PurgeIfAsync(int expected)
        {
            if (purges)
            {
                Assert.Equal(expected, (await PurgeAsync()).Deleted);
            }
        }
    }

    [Fact]
    public async Task A_large_table_leaves_the_others_their_share_of_a_run()
    {
        await InsertManyAsync("a", 120);
        foreach (var key in new[] { "idem|1", "idem|2" })
        {
            Assert.IsType<WriteOutcome.Applied>(await Store.WriteAsync(
                new RowTransaction(new PartitionAddress(_records, "a"), [RowWrite.Insert(key, new Dictionary<string, object> { [RowColumns.ExpiresAt] = _time.GetUtcNow().AddDays(-1) })]), default));
        }

        Assert.Equal(new PurgeResult(50, 0, IsComplete: false), await PurgeAsync(maxRows: 50));

        Assert.Null(await Store.ReadAsync(new RowAddress(_records, "a", "idem|1"), default));
        Assert.Null(await Store.ReadAsync(new RowAddress(_records, "a", "idem|2"), default));
        Assert.Equal(72, (await KeysAsync("a")).Count);
    }

    private static Operation Operation { get; } =
        new() { Scope = new OperationScope("alice", "payment.create"), Key = IdempotencyKey.Create("k-1"), Fingerprint = Fingerprint.FromBytes("payment.create", []) };

    private static Task<ExecutionOutcome> ExecuteAsync(IdempotencyEngine engine, Operation? operation = null) => engine.ExecuteAsync(
        operation ?? Operation,
        (_, _) => Task.FromResult(HandlerOutcome.Completed(OperationResult.Empty)),
        default);

    private Task<PurgeResult> PurgeAsync(IExpiredRowStore? store = null, int maxRows = 50_000) =>
        new ExpiredRowPurger(store ?? Store, _records, new PurgeOptions { MaxRows = maxRows, Tables = { _table } }, _time).PurgeAsync(default);

    private async Task InsertManyAsync(string partition, int count)
    {
        var expired = _time.GetUtcNow().AddDays(-1);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            Assert.IsType<WriteOutcome.Applied>(await Store.WriteAsync(
                new RowTransaction(new PartitionAddress(_table, partition), [.. chunk.Select(number => RowWrite.Insert($"event|{number:D4}", new Dictionary<string, object> { [RowColumns.ExpiresAt] = expired }))]),
                default));
        }
    }

    private async Task InsertAsync(string partition, string key, params (string Column, object Value)[] values) => Assert.IsType<WriteOutcome.Applied>(await Store.WriteAsync(
        new RowTransaction(new PartitionAddress(_table, partition), [RowWrite.Insert(key, values.ToDictionary(value => value.Column, value => value.Value))]), default));

    private async Task ReviveAsync(string partition, string key)
    {
        var address = new RowAddress(_table, partition, key);
        var row = await Store.ReadAsync(address, default);
        await Store.WriteAsync(
            new RowTransaction(address.Partition, [RowWrite.Replace(key, new Dictionary<string, object> { [RowColumns.ExpiresAt] = _time.GetUtcNow().AddDays(1) }, row!.ETag)]), default);
    }

    private async Task<List<string>> KeysAsync(string partition)
    {
        var keys = new List<string>();
        await foreach (var row in Store.QueryAsync(new RowQuery(new PartitionAddress(_table, partition), ""), default))
        {
            keys.Add(row.Address.RowKey);
        }

        return keys;
    }
}
