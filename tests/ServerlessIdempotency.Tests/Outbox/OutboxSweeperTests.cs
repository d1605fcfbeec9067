using CsCheck;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

public sealed class OutboxSweeperTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task It_finds_stranded_messages_of_every_partition_without_a_scan()
    {
        for (var instance = 0; instance < 3; instance++)
        {
            var app = _fixture.NewInstance();
            for (var number = 0; number < 10; number++)
            {
                var partition = new PartitionAddress($"Business{number % 2}", $"p{number}");
                await app.Outbox.PrepareAsync(partition, default);
                await app.Writer.WriteAsync(partition, app.Outbox.ToRows($"op{instance}.{number}", [OutboxFixture.Message($"{instance}.{number}")]), default);
            }
        }

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        var result = await _fixture.NewInstance().Sweeper.SweepAsync(default);
        Assert.Equal(new SweepResult(Partitions: 10, Sent: 30, Parked: 0, Remaining: 0, Unreadable: 0), result);
        Assert.Equal(30, _fixture.Broker.DistinctBodies.Count);
    }

    [Fact]
    public async Task It_leaves_young_messages_to_the_process_that_committed_them()
    {
        await _fixture.NewInstance().CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        _fixture.Time.Advance(_fixture.Options.SweepAfter - TimeSpan.FromTicks(1));
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Remaining);
        Assert.Empty(_fixture.Broker.Received);
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    [Fact]
    public async Task Two_sweepers_at_once_send_under_the_same_id_and_leave_nothing()
    {
        await _fixture.NewInstance().CommitAndCrashAsync("op", OutboxFixture.Message("1", "s"), OutboxFixture.Message("2", "s"), OutboxFixture.Message("3"));
        _fixture.Time.Advance(_fixture.UntilNotesGo);
        var (first, second) = (_fixture.NewInstance(), _fixture.NewInstance());

        // Both have listed the rows before either sends.
        var listed = 0;
        var bothListed = new TaskCompletionSource();
        foreach (var app in new[] { first, second })
        {
            app.Gate.After = async what =>
            {
                if (what.StartsWith("query Business", StringComparison.Ordinal))
                {
                    if (Interlocked.Increment(ref listed) == 2)
                    {
                        bothListed.SetResult();
                    }

                    await bothListed.Task.WaitAsync(TimeSpan.FromMinutes(10));
                }
            };
        }

        await Task.WhenAll(first.Sweeper.SweepAsync(default), second.Sweeper.SweepAsync(default));
        Assert.Equal(6, _fixture.Broker.Received.Count);
        Assert.Equal(["1", "2", "3"], _fixture.Broker.DistinctBodies.Order());
        Assert.Empty(await _fixture.UnsentAsync());
        Assert.Empty(await _fixture.WindowsAsync());
    }

    [Fact]
    public async Task A_partition_that_can_not_be_read_stops_no_other_and_keeps_its_note()
    {
        var crashed = _fixture.NewInstance();
        await crashed.CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        var other = new PartitionAddress("Business", "q");
        await crashed.Outbox.PrepareAsync(other, default);
        await crashed.Writer.WriteAsync(other, crashed.Outbox.ToRows("op", [OutboxFixture.Message("2")]), default);
        _fixture.Time.Advance(_fixture.UntilNotesGo);

        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("query Business/p/", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        Assert.Equal(new SweepResult(Partitions: 2, Sent: 1, Parked: 0, Remaining: 0, Unreadable: 1), await app.Sweeper.SweepAsync(default));
        app.Gate.Before = null;
        Assert.Equal(1, (await app.Sweeper.SweepAsync(default)).Sent);
    }

    // Guards `listedFrom >= removableFrom` in OutboxSweeper.VisitAsync.
    [Fact]
    public async Task A_note_of_an_empty_partition_is_kept_while_a_late_commit_may_still_stand_under_it()
    {
        var slow = _fixture.NewInstance();
        await slow.Outbox.PrepareAsync(OutboxFixture.Partition, default);
        _fixture.Time.Advance(_fixture.UntilNotesGo - TimeSpan.FromTicks(1));
        await _fixture.NewInstance().Sweeper.SweepAsync(default);
        await slow.WriteAsync("op", OutboxFixture.Message("late"));

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
        await _fixture.NewInstance().Sweeper.SweepAsync(default);
        Assert.Empty(await _fixture.WindowsAsync());
    }

    // Guards that `listedFrom` is taken before the listing, not after it.
    [Fact]
    public async Task A_commit_between_the_listing_and_the_removal_keeps_its_note()
    {
        var slow = _fixture.NewInstance();
        await slow.Outbox.PrepareAsync(OutboxFixture.Partition, default);
        _fixture.Time.Advance(_fixture.UntilNotesGo - TimeSpan.FromTicks(1));
        var app = _fixture.NewInstance();
        app.Gate.After = async what =>
        {
            if (what.StartsWith("query Business", StringComparison.Ordinal))
            {
                // Once: the sweeper asks the partition for unfinished sagas too.
                app.Gate.After = null;
                await slow.WriteAsync("op", OutboxFixture.Message("late"));
                _fixture.Time.Advance(TimeSpan.FromTicks(1));
            }
        };
        await app.Sweeper.SweepAsync(default);

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    // Guards `result.Remaining == 0` in OutboxSweeper.VisitAsync.
    [Fact]
    public async Task However_long_the_broker_is_away_the_note_is_kept()
    {
        await _fixture.NewInstance().CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Unavailable("away"));
        for (var day = 0; day < 3; day++)
        {
            _fixture.Time.Advance(TimeSpan.FromDays(1));
            Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Remaining);
        }

        _fixture.Broker.Decide = null;
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    [Fact]
    public async Task A_partition_that_always_has_something_unsent_keeps_one_note_and_one_window()
    {
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Unavailable("away"));
        var app = _fixture.NewInstance();
        for (var number = 0; number < 20; number++)
        {
            await app.CommitAndCrashAsync($"op{number}", OutboxFixture.Message($"{number}"));
            _fixture.Time.Advance(_fixture.Options.Window);
        }

        _fixture.Time.Advance(_fixture.UntilNotesGo);
        for (var sweep = 0; sweep < 2; sweep++)
        {
            Assert.Equal(20, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Remaining);
            Assert.Single(await _fixture.NotesAsync());
            Assert.Single(await _fixture.WindowsAsync());
        }

        _fixture.Broker.Decide = null;
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(20, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
        Assert.Empty(await _fixture.NotesAsync());
    }

    // Guards that a row whose removal failed counts as remaining.
    [Fact]
    public async Task A_message_that_was_sent_but_not_removed_is_found_again()
    {
        await _fixture.NewInstance().CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        _fixture.Time.Advance(_fixture.UntilNotesGo);
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("write Business", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        Assert.Equal(1, (await app.Sweeper.SweepAsync(default)).Remaining);
        app.Gate.Before = null;
        Assert.Equal(1, (await app.Sweeper.SweepAsync(default)).Sent);
        Assert.Single(_fixture.Broker.DistinctBodies);
        Assert.Empty(await _fixture.UnsentAsync());
    }

    // Guards that a window's row is kept while notes may still join the window.
    [Fact]
    public async Task A_window_without_notes_is_kept_while_it_serves()
    {
        var app = _fixture.NewInstance();
        var swept = false;
        app.Gate.Before = async what =>
        {
            if (what.EndsWith("InsertRow", StringComparison.Ordinal) && what.StartsWith("write OutboxPartitions", StringComparison.Ordinal) && !what.Contains("/windows/", StringComparison.Ordinal))
            {
                Assert.Single(await _fixture.WindowsAsync());
                await _fixture.NewInstance().Sweeper.SweepAsync(default);
                swept = true;
            }
        };
        await app.CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        Assert.True(swept);
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    // Guards the clock check after the write in PartitionRegister.NoteAsync: a note that took longer than it serves is worth nothing.
    /// <summary>Guards the order in <c>PartitionRegister.Window.NoteOnceAsync</c>: a note that could not be written is not known.</summary>
    [Fact]
    public async Task A_note_that_could_not_be_written_is_written_by_the_next_caller()
    {
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? throw new StoreUnavailableException("no reply") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => app.Outbox.PrepareAsync(OutboxFixture.Partition, default));
        app.Gate.Before = null;
        await app.Outbox.PrepareAsync(OutboxFixture.Partition, default);

        Assert.Single(await _fixture.NotesAsync());
    }

    /// <summary>Guards <c>now &lt; previous.ServesUntil</c> in <c>PartitionRegister.NoteAsync</c>.</summary>
    [Fact]
    public async Task A_note_that_has_stopped_serving_lets_no_commit_begin()
    {
        var app = _fixture.NewInstance();
        await app.Outbox.PrepareAsync(OutboxFixture.Partition, default);
        _fixture.Time.Advance(_fixture.Options.Window * 3);
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? throw new StoreUnavailableException("no reply") : Task.CompletedTask;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => app.Outbox.PrepareAsync(OutboxFixture.Partition, default));
    }

    [Fact]
    public async Task A_process_that_slept_while_it_wrote_its_note_writes_another()
    {
        var sleeper = _fixture.NewInstance();
        var slept = false;
        sleeper.Gate.Before = async what =>
        {
            if (!slept && what.EndsWith("InsertRow", StringComparison.Ordinal) && !what.Contains("/windows/", StringComparison.Ordinal))
            {
                slept = true;
                _fixture.Time.Advance(_fixture.UntilNotesGo);
                await _fixture.NewInstance().Sweeper.SweepAsync(default);
            }
        };
        await sleeper.CommitAndCrashAsync("op", OutboxFixture.Message("1"));
        Assert.True(slept);

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    // Guards the order note, commit, removal, in any interleaving of processes and sweepers: what is committed within the grace after its note is found.
    [Fact]
    public async Task No_interleaving_of_notes_late_commits_and_sweeps_loses_a_message() =>
        await Gen.Select(Gen.Int[0, 5].Array[1, 40], Gen.Int[0, int.MaxValue]).SampleAsync(
            async (steps, seed) =>
            {
                // One at a time: what the sweep does side by side would otherwise draw from the model in an order that the seed does not fix.
                var model = new Interleaving(new OutboxFixture(), new Random(seed));
                return await Task.Factory.StartNew(
                    () => model.RunAsync(steps), CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
            },
            iter: 300,
            threads: 1);

    private sealed class Interleaving(OutboxFixture fixture, Random random)
    {
        private readonly AppInstance[] _apps = [fixture.NewInstance(), fixture.NewInstance()];
        private readonly AppInstance _sweeper = fixture.NewInstance();
        private readonly List<(AppInstance App, DateTimeOffset PreparedAt)> _prepared = [];
        private int _committed;

        public async Task<bool> RunAsync(int[] steps)
        {
            foreach (var step in steps)
            {
                await StepAsync(step);
            }

            return await EndsWellAsync();
        }

        private async Task StepAsync(int step)
        {
            switch (step)
            {
                case 0:
                    await PrepareAsync();
                    break;
                case 1:
                    await CommitAsync();
                    break;
                case 2:
                    fixture.Time.Advance(fixture.Options.Window * random.NextDouble());
                    break;
                case 3:
                    fixture.Time.Advance(fixture.UntilNotesGo * random.NextDouble());
                    break;
                case 4:
                    _apps[random.Next(2)] = fixture.NewInstance();
                    break;
                default:
                    // The others go on between any two calls of the sweep.
                    _sweeper.Gate.Before = _sweeper.Gate.After = _ => random.Next(4) switch
                    {
                        0 => PrepareAsync(),
                        1 => CommitAsync(),
                        2 => StepAsync(2),
                        _ => Task.CompletedTask,
                    };
                    fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(random.Next(3) == 0 ? new SendOutcome.Unavailable("away") : null);
                    await _sweeper.Sweeper.SweepAsync(default);
                    break;
            }
        }

        private async Task<bool> EndsWellAsync()
        {
            _sweeper.Gate.Before = _sweeper.Gate.After = null;
            fixture.Broker.Decide = null;
            for (var sweep = 0; sweep < 2; sweep++)
            {
                fixture.Time.Advance(fixture.UntilNotesGo);
                await _sweeper.Sweeper.SweepAsync(default);
            }

            return fixture.Broker.DistinctBodies.Count == _committed && (await fixture.UnsentAsync()).Count == 0 && (await fixture.WindowsAsync()).Count == 0;
        }

        private async Task PrepareAsync()
        {
            var app = _apps[random.Next(2)];
            await app.Outbox.PrepareAsync(OutboxFixture.Partition, default);
            _prepared.Add((app, fixture.Time.GetUtcNow()));
        }

        // What was prepared longer ago than the grace is never committed: no write of a commit takes so long.
        private async Task CommitAsync()
        {
            _prepared.RemoveAll(prepared => fixture.Time.GetUtcNow() - prepared.PreparedAt >= fixture.Options.NoteGrace);
            if (_prepared.Count > 0)
            {
                var chosen = random.Next(_prepared.Count);
                var (app, _) = _prepared[chosen];
                _prepared.RemoveAt(chosen);
                await app.WriteAsync($"op{++_committed}", OutboxFixture.Message($"{_committed}"));
            }
        }
    }
}
