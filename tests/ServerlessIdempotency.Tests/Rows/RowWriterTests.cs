using Microsoft.Extensions.Time.Testing;
using Moq;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Rows;

/// <summary>Law 5: a write knows itself. Guards <c>RowWriter.Judge</c> and the two places that read back.</summary>
public sealed class RowWriterTests
{
    private static readonly PartitionAddress Partition = new("Table", "p");
    private static readonly Dictionary<string, object> Values = new() { ["Name"] = "mine" };

    private readonly InMemoryRowStore _memory = new();
    private readonly FaultyRowStore _store;
    private readonly RowWriter _writer;

    public RowWriterTests()
    {
        _store = new FaultyRowStore(_memory);
        _writer = new RowWriter(_store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, TimeProvider.System);
    }

    public static TheoryData<string, Fault> LostReplies()
    {
        var cases = new TheoryData<string, Fault>();
        foreach (var kind in new[] { "insert", "replace", "transaction", "delete" })
        {
            foreach (var fault in new[] { Fault.Before, Fault.After, Fault.RetriedAfter })
            {
                cases.Add(kind, fault);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task A_lost_reply_is_no_conflict(string kind, Fault fault)
    {
        var etag = kind is "replace" or "delete" ? await SeedAsync("row") : "";
        RowWrite[] writes = kind switch
        {
            "insert" => [RowWrite.Insert("row", Values)],
            "replace" => [RowWrite.Replace("row", Values, etag)],
            "delete" => [RowWrite.Delete("row", etag)],
            _ => [RowWrite.Insert("row", Values), RowWrite.Insert("other", Values)],
        };
        _store.FailWrites(fault);

        var written = Assert.IsType<CommitOutcome.Written>(await _writer.WriteAsync(Partition, writes, default));

        var row = await _memory.ReadAsync(Partition.Row("row"), default);
        Assert.Equal(row?.ETag, written.GuardETag);
        Assert.Equal(kind == "delete" ? null : "mine", row?.GetString("Name"));
    }

    [Theory]
    [InlineData(-1, 0, "MaxResends")]
    [InlineData(11, 0, "MaxResends")]
    [InlineData(3, -1, "ResendDelay")]
    [InlineData(3, 5_001, "ResendDelay")]
    public void A_setting_out_of_range_is_refused_by_its_name(int resends, int milliseconds, string setting)
    {
        var options = new RowWriterOptions { MaxResends = resends, ResendDelay = TimeSpan.FromMilliseconds(milliseconds) };

        var fault = Assert.Throws<ArgumentException>(() => new RowWriter(_store, options, TimeProvider.System));

        Assert.Contains($"RowWriter:{setting}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_writers_row_is_a_conflict_and_comes_with_the_refusal()
    {
        await SeedAsync("row");

        var refused = Assert.IsType<CommitOutcome.Refused>(await _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));

        Assert.Equal((0, RefusalReason.AlreadyExists, "seed"), (refused.Index, refused.Reason, refused.Current?.GetString("Name")));
        Assert.Equal((1, 1), (_store.Writes, _store.Reads));
    }

    [Fact]
    public async Task A_stale_version_is_a_conflict_even_after_a_lost_request()
    {
        var stale = await SeedAsync("row");
        await _memory.WriteAsync(new RowTransaction(Partition, [RowWrite.Replace("row", new Dictionary<string, object> { ["Name"] = "theirs" }, stale)]), default);
        _store.FailWrites(Fault.Before);

        var refused = Assert.IsType<CommitOutcome.Refused>(await _writer.WriteAsync(Partition, [RowWrite.Replace("row", Values, stale)], default));

        Assert.Equal("theirs", refused.Current?.GetString("Name"));
    }

    [Fact]
    public async Task A_business_row_in_the_way_is_told_by_its_index_without_a_read()
    {
        await SeedAsync("other");

        var refused = Assert.IsType<CommitOutcome.Refused>(
            await _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values), RowWrite.Insert("other", Values)], default));

        Assert.Equal((1, RefusalReason.AlreadyExists), (refused.Index, refused.Reason));
        Assert.Equal(0, _store.Reads);
        Assert.Null(await _memory.ReadAsync(Partition.Row("row"), default));
    }

    [Fact]
    public async Task A_store_that_stays_down_is_reported_after_the_last_resend()
    {
        _store.IsDown = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));

        Assert.Equal(4, _store.Writes);
    }

    [Fact]
    public async Task A_write_whose_first_read_back_fails_too_is_still_recognised()
    {
        _store.FailWrites(Fault.After);
        _store.FailReads(Fault.Before);

        Assert.IsType<CommitOutcome.Written>(await _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));
    }

    /// <summary>Guards the delete's own line in <c>RowWriter.Judge</c>.</summary>
    [Fact]
    public async Task A_delete_of_a_row_that_changed_is_refused_and_not_sent_again()
    {
        var stale = await SeedAsync("row");
        await _memory.WriteAsync(new RowTransaction(Partition, [RowWrite.Replace("row", new Dictionary<string, object> { ["Name"] = "theirs" }, stale)]), default);

        var refused = Assert.IsType<CommitOutcome.Refused>(await _writer.WriteAsync(Partition, [RowWrite.Delete("row", stale)], default));

        Assert.Equal((0, RefusalReason.Stale, "theirs"), (refused.Index, refused.Reason, refused.Current?.GetString("Name")));
        Assert.Equal(1, _store.Writes);
    }

    /// <summary>Guards the read-back after an unclear failure: no resend is left that would meet the write.</summary>
    [Fact]
    public async Task A_last_attempt_whose_reply_was_lost_is_recognised()
    {
        _store.FailWrites(Fault.Before, Fault.Before, Fault.Before, Fault.After);

        Assert.IsType<CommitOutcome.Written>(await _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));
        Assert.Equal(4, _store.Writes);
    }

    /// <summary>Guards the line of <c>RowWriter.TryReadBackAsync</c> that tells another one's write.</summary>
    [Fact]
    public async Task A_last_attempt_that_was_lost_after_another_writers_row_is_a_conflict()
    {
        _store.FailWrites(Fault.Before, Fault.Before, Fault.Before, Fault.Before);
        _store.BeforeWrite = _ => _store.Writes == 4 ? SeedAsync("row") : Task.CompletedTask;

        var refused = Assert.IsType<CommitOutcome.Refused>(await _writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));

        Assert.Equal((0, RefusalReason.AlreadyExists, "seed"), (refused.Index, refused.Reason, refused.Current?.GetString("Name")));
    }

    /// <summary>Guards <c>Fate.Unchanged</c> without an index: sent again, it would be refused for ever, and taken for a lost guard it would cost a claim.</summary>
    [Fact]
    public async Task A_refusal_that_names_no_row_is_no_lost_guard_while_the_guard_is_unchanged()
    {
        var store = new Mock<IRowStore>();
        store.Setup(port => port.WriteAsync(It.IsAny<RowTransaction>(), It.IsAny<CancellationToken>())).ReturnsAsync(new WriteOutcome.Refused(null, RefusalReason.AlreadyExists));
        store.Setup(port => port.ReadAsync(Partition.Row("row"), It.IsAny<CancellationToken>())).ReturnsAsync(new Row(Partition.Row("row"), "1", Values));
        var writer = new RowWriter(store.Object, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, TimeProvider.System);

        var refused = Assert.IsType<CommitOutcome.Refused>(await writer.WriteAsync(Partition, [RowWrite.Replace("row", Values, "1"), RowWrite.Insert("other", Values)], default));

        Assert.Equal((null, RefusalReason.AlreadyExists), (refused.Index, refused.Reason));
        store.Verify(port => port.WriteAsync(It.IsAny<RowTransaction>(), It.IsAny<CancellationToken>()), Times.Once);
    }

    /// <summary>Guards <c>HasTimeForAnother</c>: with four rounds of two calls the caller would wait for 40 s.</summary>
    [Fact]
    public async Task A_store_that_hangs_is_given_up_within_the_time_that_is_said()
    {
        var time = new FakeTimeProvider();
        var store = new Mock<IRowStore>();
        store.Setup(port => port.WriteAsync(It.IsAny<RowTransaction>(), It.IsAny<CancellationToken>())).Callback(Hang).ThrowsAsync(new StoreUnavailableException("It hangs."));
        store.Setup(port => port.ReadAsync(It.IsAny<RowAddress>(), It.IsAny<CancellationToken>())).Callback(Hang).ThrowsAsync(new StoreUnavailableException("It hangs."));
        var writer = new RowWriter(store.Object, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, time);
        var begun = time.GetUtcNow();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.WriteAsync(Partition, [RowWrite.Insert("row", Values)], default));

        Assert.Contains("it may have happened", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new RowWriterOptions().Timeout, time.GetUtcNow() - begun);

        void Hang() => time.Advance(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(600_001)]
    public void A_time_out_of_range_is_refused_by_its_name(int milliseconds) => Assert.Contains(
        "RowWriter:Timeout",
        Assert.Throws<ArgumentException>(() => new RowWriter(_store, new RowWriterOptions { Timeout = TimeSpan.FromMilliseconds(milliseconds) }, TimeProvider.System)).Message,
        StringComparison.Ordinal);

    private async Task<string> SeedAsync(string rowKey)
    {
        var outcome = await _memory.WriteAsync(new RowTransaction(Partition, [RowWrite.Insert(rowKey, new Dictionary<string, object> { ["Name"] = "seed" })]), default);
        return ((WriteOutcome.Applied)outcome).ETags[0]!;
    }
}
