using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests;

public sealed class SingleTripTests
{
    private readonly InboxFixture _fixture = new();

    [Fact]
    public async Task A_new_message_costs_one_round_trip()
    {
        var app = _fixture.Outside.NewInstance();
        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(app, InboxFixture.Delivery("e1")));
        Assert.Equal(1, app.Gate.Calls);
        Assert.Single(await _fixture.EntriesAsync());
    }

    [Fact]
    public async Task A_redelivered_duplicate_costs_one_round_trip_and_runs_no_handler()
    {
        await ApplyAsync(_fixture.Outside.NewInstance(), InboxFixture.Delivery("e1"));
        var app = _fixture.Outside.NewInstance();
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, InboxFixture.Delivery("e1", deliveryCount: 2)));
        Assert.Equal((1, 1), (app.Gate.Calls, _fixture.Runs));
    }

    [Fact]
    public async Task A_duplicate_that_this_process_applied_costs_no_round_trip()
    {
        var app = _fixture.Outside.NewInstance();
        using var inbox = _fixture.NewInbox(app, new InboxOptions());
        await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, _fixture.EnterAsync, default);
        app.Gate.Reset();
        Assert.IsType<InboxOutcome.Duplicate>(await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, _fixture.EnterAsync, default));
        Assert.Equal(0, app.Gate.Calls);
    }

    // Laws 5 and 8: the refusal alone tells neither whose write stands there nor whether it has expired, so it is read back.
    [Fact]
    public async Task A_duplicate_sent_twice_to_another_process_costs_the_refused_insert_and_its_read_back()
    {
        await ApplyAsync(_fixture.Outside.NewInstance(), InboxFixture.Delivery("e1"));
        var app = _fixture.Outside.NewInstance();
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, InboxFixture.Delivery("e1")));
        Assert.Equal(2, app.Gate.Calls);
        Assert.Single(await _fixture.EntriesAsync());
    }

    [Fact]
    public async Task A_message_that_sends_costs_one_round_trip_in_a_warm_process()
    {
        var app = _fixture.Outside.NewInstance();
        await ApplyAsync(app, InboxFixture.Delivery("e1"), SendAsync);
        app.Gate.Reset();
        await ApplyAsync(app, InboxFixture.Delivery("e2"), SendAsync);
        Assert.Equal(1, app.Gate.Calls);
    }

    // Guards that the note is awaited before the commit: there is no claim beside which it could be written.
    [Fact]
    public async Task Without_a_note_a_message_that_sends_is_not_applied()
    {
        var app = _fixture.Outside.NewInstance();
        app.Gate.Before = what => what.Contains("OutboxPartitions", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        Assert.IsType<StoreUnavailableException>(Assert.IsType<InboxOutcome.Failed>(await ApplyAsync(app, InboxFixture.Delivery("e1"), SendAsync)).Cause);
        Assert.Empty(await _fixture.Outside.RowsAsync("Business", "p"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Copies_at_the_same_time_are_applied_once(int copies)
    {
        for (var number = 0; number < 50; number++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, copies).Select(copy => Task.Run(() =>
            {
                var app = _fixture.Outside.NewInstance();
                return ApplyAsync(app, InboxFixture.Delivery($"e{number}", amount: number), _fixture.AddTo(app.Store));
            })));
            Assert.Single(outcomes.OfType<InboxOutcome.Processed>());
            Assert.Equal(copies - 1, outcomes.OfType<InboxOutcome.Duplicate>().Count());
        }

        Assert.Equal(50 * 49 / 2, await _fixture.BalanceAsync());
        _fixture.Outside.Time.Advance(_fixture.Outside.Options.SweepAfter);
        await _fixture.Outside.NewInstance().Sweeper.SweepAsync(default);
        Assert.Equal(50, _fixture.Outside.Broker.Received.Count);
    }

    [Fact]
    public async Task Rows_that_changed_under_the_handler_make_it_run_again_on_fresh_ones()
    {
        var app = _fixture.Outside.NewInstance();
        await ApplyAsync(app, InboxFixture.Delivery("e1", 5), _fixture.AddTo(app.Store));
        var inner = _fixture.AddTo(app.Store);
        var attempts = new List<int>();
        var outcome = await ApplyAsync(app, InboxFixture.Delivery("e2", 7), async (context, cancellationToken) =>
        {
            attempts.Add(context.Attempt);
            var decision = await inner(context, cancellationToken);
            if (context.Attempt < 3)
            {
                await ApplyAsync(app, InboxFixture.Delivery($"other{context.Attempt}", 100), _fixture.AddTo(app.Store));
            }

            return decision;
        });

        Assert.IsType<InboxOutcome.Processed>(outcome);
        Assert.Equal([1, 2, 3], attempts);
        Assert.Equal(212, await _fixture.BalanceAsync());
    }

    [Fact]
    public async Task Rows_that_never_stop_changing_fail_the_message_after_the_bound()
    {
        var app = _fixture.Outside.NewInstance();
        await ApplyAsync(app, InboxFixture.Delivery("e1"));
        var runs = 0;
        var failed = Assert.IsType<InboxOutcome.Failed>(await ApplyAsync(app, InboxFixture.Delivery("e2"), (_, _) =>
        {
            runs++;
            return Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Replace("missing", new Dictionary<string, object>(), "0")] });
        }));
        Assert.IsType<MessageNotAppliedException>(failed.Cause);
        Assert.Equal(_fixture.Options.MaxAttempts, runs);
        Assert.Single(await _fixture.Outside.RowsAsync("Business", "p", "event|"));
    }

    // Laws 8 and 15. Guards the expiry check in MessageInbox.IsApplied: an instance whose clock is ahead by less than the margin forgets nothing.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_event_is_known_until_its_retention_is_over_and_then_it_is_a_new_one(int deliveryCount)
    {
        var app = _fixture.Outside.NewInstance();
        await ApplyAsync(app, InboxFixture.Delivery("e1"), SendAsync);
        _fixture.Outside.Time.Advance(_fixture.Options.Retention + new IdempotencyOptions().ClockSkewMargin - TimeSpan.FromTicks(1));
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, InboxFixture.Delivery("e1", deliveryCount: deliveryCount), SendAsync));
        _fixture.Outside.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(app, InboxFixture.Delivery("e1", deliveryCount: deliveryCount), SendAsync));
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, InboxFixture.Delivery("e1", deliveryCount: deliveryCount), SendAsync));

        // A new application sends messages of its own, that no receiver takes for the old ones.
        await _fixture.Outside.NewInstance().Sweeper.SweepAsync(default);
        _fixture.Outside.Time.Advance(TimeSpan.FromMinutes(1));
        await _fixture.Outside.NewInstance().Sweeper.SweepAsync(default);
        Assert.Equal(2, _fixture.Outside.Broker.DistinctBodies.Count);
    }

    [Fact]
    public async Task The_local_cache_forgets_an_event_when_it_expires()
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance(), new InboxOptions());
        await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, _fixture.EnterAsync, default);
        _fixture.Outside.Time.Advance(new InboxOptions().Retention + new IdempotencyOptions().ClockSkewMargin);
        Assert.IsType<InboxOutcome.Processed>(await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, _fixture.EnterAsync, default));
    }

    [Fact]
    public async Task Each_consumer_and_each_tenant_applies_an_event_for_itself()
    {
        var app = _fixture.Outside.NewInstance();
        var delivery = InboxFixture.Delivery("e1");
        foreach (var other in new[] { delivery, delivery with { Consumer = "receipts" }, delivery with { Tenant = "t1" }, delivery with { Tenant = "t2" } })
        {
            Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(app, other));
            Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, other));
        }
    }

    // Law 5. Guards that the mark is written through RowWriter, which knows its own writes.
    [Fact]
    public async Task A_commit_whose_reply_is_lost_is_still_this_deliverys_own()
    {
        var app = _fixture.Outside.NewInstance();
        var lost = false;
        app.Gate.After = what =>
        {
            if (!lost && what.Contains("InsertRow", StringComparison.Ordinal))
            {
                lost = true;
                throw new StoreUnavailableException();
            }

            return Task.CompletedTask;
        };
        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(app, InboxFixture.Delivery("e1")));
        Assert.True(lost);
        Assert.Single(await _fixture.EntriesAsync());
    }

    [Fact]
    public async Task A_rejected_message_changes_nothing_and_may_be_resubmitted()
    {
        var app = _fixture.Outside.NewInstance();
        var rejected = Assert.IsType<InboxOutcome.Rejected>(await ApplyAsync(app, InboxFixture.Delivery("e1"), (_, _) => Task.FromResult<InboxDecision>(new InboxDecision.Reject("NoSuchAccount", "Open it first."))));
        Assert.Equal(("NoSuchAccount", "Open it first."), (rejected.Reason, rejected.Description));
        Assert.Empty(await _fixture.Outside.RowsAsync("Business", "p"));
        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(app, InboxFixture.Delivery("e1")));
    }

    // Guards the look at the mark before a rejection: else the second copy of an applied event would be a dead letter.
    [Fact]
    public async Task A_duplicate_that_its_handler_would_reject_is_a_duplicate()
    {
        var app = _fixture.Outside.NewInstance();
        await ApplyAsync(app, InboxFixture.Delivery("e1"));
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(app, InboxFixture.Delivery("e1"), (_, _) => Task.FromResult<InboxDecision>(new InboxDecision.Reject("AlreadyCaptured", ""))));
    }

    [Fact]
    public async Task A_handler_that_throws_fails_the_message_and_changes_nothing()
    {
        var app = _fixture.Outside.NewInstance();
        var failed = Assert.IsType<InboxOutcome.Failed>(await ApplyAsync(app, InboxFixture.Delivery("e1"), (_, _) => throw new FormatException("odd")));
        Assert.IsType<FormatException>(failed.Cause);
        Assert.Empty(await _fixture.Outside.RowsAsync("Business", "p"));
    }

    [Fact]
    public async Task A_host_that_stops_is_told_so_and_not_that_the_message_failed()
    {
        using var stop = new CancellationTokenSource();
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inbox.ApplyAsync(
            InboxFixture.Delivery("e1"),
            InboxFixture.Account,
            async (_, cancellationToken) =>
            {
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                throw new InvalidOperationException("not reached");
            },
            stop.Token));
    }

    [Fact]
    public async Task More_rows_than_a_transaction_takes_are_a_dead_letter_at_once_with_the_numbers()
    {
        var rows = Enumerable.Range(0, 100).Select(number => RowWrite.Insert($"r{number}", new Dictionary<string, object>())).ToList();
        var rejected = Assert.IsType<InboxOutcome.Rejected>(await ApplyAsync(_fixture.Outside.NewInstance(), InboxFixture.Delivery("e1"), (_, _) => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = rows })));
        Assert.Equal("EffectsNotStorable", rejected.Reason);
        Assert.Contains("100", rejected.Description, StringComparison.Ordinal);
        Assert.Empty(await _fixture.Outside.RowsAsync("Business", "p"));
    }

    /// <summary>Guards the token of the write in <c>MessageInbox.CommitAsync</c>: a commit given up half-way may still land.</summary>
    [Fact]
    public async Task A_consumer_that_is_stopped_during_its_commit_finishes_it()
    {
        using var stopping = new CancellationTokenSource();
        var app = _fixture.Outside.NewInstance();
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? stopping.CancelAsync() : Task.CompletedTask;
        using var inbox = _fixture.NewInbox(app);

        Assert.IsType<InboxOutcome.Processed>(await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, _fixture.EnterAsync, stopping.Token));
        Assert.Single(await _fixture.EntriesAsync());
    }

    private async Task<InboxOutcome> ApplyAsync(AppInstance app, InboxDelivery delivery, InboxHandler? handler = null)
    {
        using var inbox = _fixture.NewInbox(app);
        return await inbox.ApplyAsync(delivery, InboxFixture.Account, handler ?? _fixture.EnterAsync, default);
    }

    private static Task<InboxDecision> SendAsync(InboxContext context, CancellationToken cancellationToken) =>
        Task.FromResult<InboxDecision>(new InboxDecision.Apply { Messages = [new OutboxMessage("events", "1"u8.ToArray())] });
}
