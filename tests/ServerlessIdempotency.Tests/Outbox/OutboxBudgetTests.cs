using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>The outbox adds no storage round trip one after another on the request path.</summary>
public sealed class OutboxBudgetTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task A_cold_process_writes_its_note_and_its_window_beside_the_claim_then_commits()
    {
        var app = _fixture.NewInstance();
        var calls = new List<string>();
        var arrived = 0;
        var allArrived = new TaskCompletionSource();
        app.Gate.Before = async what =>
        {
            lock (calls)
            {
                calls.Add(what);
                if (++arrived == 3)
                {
                    allArrived.SetResult();
                }
            }

            // None of the first three is answered before all three are asked: they can't be one after another.
            await allArrived.Task.WaitAsync(TimeSpan.FromMinutes(10));
        };

        await ExecuteAsync(app, "k1");

        Assert.Equal(4, calls.Count);
        Assert.Contains(calls[..3], call => call.StartsWith("write Business/p/idem|", StringComparison.Ordinal));
        Assert.Contains(calls[..3], call => call.StartsWith("write OutboxPartitions/windows/", StringComparison.Ordinal));
        Assert.StartsWith("write Business/p/idem|", calls[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_process_makes_two_round_trips_and_nothing_beside_them()
    {
        var app = _fixture.NewInstance();
        await ExecuteAsync(app, "k1");
        app.Gate.Reset();
        await ExecuteAsync(app, "k2");
        Assert.Equal(2, app.Gate.Calls);
    }

    // Guards that the note of the last window serves on: without it the commit after the roll-over would wait for another note.
    [Fact]
    public async Task An_operation_over_a_windows_end_commits_without_waiting_for_another_note()
    {
        var app = _fixture.NewInstance();
        _fixture.Time.Advance(_fixture.Options.Window - TimeSpan.FromSeconds(1));
        var noteMayBeWritten = new TaskCompletionSource();
        var rolledOver = false;
        app.Gate.Before = what => rolledOver && what.StartsWith("write OutboxPartitions", StringComparison.Ordinal) ? noteMayBeWritten.Task : Task.CompletedTask;

        var outcome = await app.Engine.ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) =>
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(2));
                rolledOver = true;
                return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")]));
            },
            default).WaitAsync(TimeSpan.FromMinutes(10));

        Assert.IsType<ExecutionOutcome.Executed>(outcome);
        noteMayBeWritten.SetResult();
    }

    // Guards the check in PartitionRegister.NoteAsync that the earlier window still serves.
    [Fact]
    public async Task An_operation_far_longer_than_a_window_gets_another_note_before_it_commits()
    {
        var app = _fixture.NewInstance();
        await app.Engine.ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true, Lease = TimeSpan.FromHours(1) },
            async (_, _) =>
            {
                // Long enough for a sweeper to have removed the first note.
                _fixture.Time.Advance(_fixture.UntilNotesGo);
                await _fixture.NewInstance().Sweeper.SweepAsync(default);
                Assert.Empty(await _fixture.NotesAsync());
                return HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("late")]);
            },
            default);

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        Assert.Equal(1, (await _fixture.NewInstance().Sweeper.SweepAsync(default)).Sent);
    }

    [Fact]
    public async Task Many_operations_at_once_in_a_cold_partition_write_one_note()
    {
        var app = _fixture.NewInstance();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.Outbox.PrepareAsync(OutboxFixture.Partition, default)));
        Assert.Equal(2, app.Gate.Calls);
    }

    // Guards law 9 at its root: a commit with messages that the sweeper would not find must not happen.
    [Fact]
    public async Task Without_a_note_nothing_is_claimed_for_long_and_nothing_is_committed()
    {
        var app = _fixture.NewInstance();
        var isDown = true;
        app.Gate.Before = what => isDown && what.Contains("OutboxPartitions", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        Assert.False(Assert.IsType<ExecutionOutcome.Unavailable>(await ExecuteAsync(app, "k")).HandlerRan);

        isDown = false;
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(app, "k"));
    }

    private static Task<ExecutionOutcome> ExecuteAsync(AppInstance app, string key) => app.Engine.ExecuteAsync(
        EngineFixture.Operation(key) with { SendsMessages = true },
        (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")])),
        default);
}
