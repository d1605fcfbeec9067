using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Faults;

/// <summary>The proxy that other tests trust: what it passes on arrives, and what it fails had its effect or not, as it says.</summary>
[Collection(OneAzurite.Name)]
public sealed class FaultyProxyTests(AzuriteFixture azurite) : IAsyncLifetime
{
    // The characters that a proxy could spoil in a path or in a signature.
    private readonly PartitionAddress _partition = new(AzuriteFixture.NewTableName(), "a~b=c d'ü|%20");

    private FaultyProxy _proxy = null!;

    public async Task InitializeAsync() => _proxy = await FaultyProxy.StartAsync(azurite.ConnectionString);

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    [Fact]
    public async Task What_is_passed_on_arrives_as_it_is()
    {
        var writer = Writer();

        Assert.IsType<CommitOutcome.Written>(await writer.WriteAsync(_partition, [Insert("one")], default));
        Assert.IsType<CommitOutcome.Written>(await writer.WriteAsync(_partition, [Insert("two"), Insert("three")], default));

        Assert.Equal("x", (await writer.Store.ReadAsync(_partition.Row("two"), default))!.GetString("V"));
        Assert.Equal(3, await CountAsync(writer.Store));
        Assert.Equal(0, _proxy.Failed);
    }

    [Fact]
    public async Task A_dropped_reply_had_its_effect_and_a_dropped_request_had_none()
    {
        var writer = Writer();
        await writer.WriteAsync(_partition, [Insert("one")], default);
        var dropped = 0;
        _proxy.Faults = call => call.IsWrite && Interlocked.Increment(ref dropped) == 1 ? StorageFault.DropReply : null;

        Assert.IsType<CommitOutcome.Written>(await writer.WriteAsync(_partition, [Insert("two")], default));
        Assert.Equal(1, _proxy.Failed);

        _proxy.Faults = call => call.IsWrite ? StorageFault.FailBefore : null;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.WriteAsync(_partition, [Insert("three")], default));
        _proxy.Faults = call => call.IsWrite ? StorageFault.DropReply : null;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => new TableStorageRowStore(Options(retries: 0)).WriteAsync(new RowTransaction(_partition, [Insert("four")]), default));

        _proxy.Faults = null;
        Assert.Null(await writer.Store.ReadAsync(_partition.Row("three"), default));
        Assert.NotNull(await writer.Store.ReadAsync(_partition.Row("four"), default));
    }

    [Theory]
    [InlineData(CallMoment.BeforeEffect, false)]
    [InlineData(CallMoment.AfterEffect, true)]
    public async Task What_is_held_has_had_its_effect_or_not_as_its_moment_says(CallMoment moment, bool hadEffect)
    {
        var writer = Writer();
        await writer.WriteAsync(_partition, [Insert("one")], default);
        using var held = new HeldCalls(call => call.IsTo(_partition.Table) && call.HasRow("th"), moment, together: 2);
        _proxy.Held = held;

        var writes = new[] { writer.WriteAsync(_partition, [Insert("three")], default), writer.WriteAsync(_partition, [Insert("thirty"), Insert("four")], default) };
        Assert.Same(_proxy, await held.UnderWay);
        Assert.IsType<CommitOutcome.Written>(await writer.WriteAsync(_partition, [Insert("two")], default));
        Assert.Equal(hadEffect, await writer.Store.ReadAsync(_partition.Row("three"), default) is not null);
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        held.PassOn();

        await held.Over;
        Assert.All(await Task.WhenAll(writes), outcome => Assert.IsType<CommitOutcome.Written>(outcome));
        Assert.Equal(5, await CountAsync(writer.Store));
    }

    [Theory]
    [InlineData(CallMoment.BeforeEffect, 1)]
    [InlineData(CallMoment.AfterEffect, 2)]
    public async Task What_is_dropped_while_it_is_held_stays_as_it_is(CallMoment moment, int rows)
    {
        var store = new TableStorageRowStore(Options(retries: 0));
        await Writer().WriteAsync(_partition, [Insert("one")], default);
        using var held = new HeldCalls(call => call.HasRow(""), moment);
        _proxy.Held = held;

        var write = store.WriteAsync(new RowTransaction(_partition, [Insert("two")]), default);
        await held.UnderWay;
        held.Drop();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        Assert.Equal(rows, await CountAsync(store));
    }

    private static RowWrite Insert(string key) => RowWrite.Insert(key, new Dictionary<string, object> { ["V"] = "x" });

    private RowWriter Writer() => new(new TableStorageRowStore(Options(retries: 1)), new RowWriterOptions { ResendDelay = TimeSpan.Zero }, TimeProvider.System);

    private TableStorageOptions Options(int retries) => new()
    {
        ConnectionString = _proxy.ConnectionString,
        MaxRetries = retries,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(1),
    };

    private async Task<int> CountAsync(IRowStore store)
    {
        var count = 0;
        await foreach (var _ in store.QueryAsync(new RowQuery(_partition, ""), default))
        {
            count++;
        }

        return count;
    }
}
