using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Outbox;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>A store that hangs once the claim is there. Guards that the end of the claim and what hung before it share the time of one write: ClaimEnd does not wait longer.</summary>
public sealed class HangingStoreTests
{
    // Ends a test that would hang.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly EngineFixture _fixture = new();
    private readonly HangingRowStore _store;

    public HangingStoreTests() => _store = new HangingRowStore(_fixture.Memory, _fixture.Time);

    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Block)]
    public async Task A_caller_whose_handler_writes_is_answered_within_the_time_of_one_write(CrashPolicy policy)
    {
        var running = Task.Run(() => _fixture.NewEngine(_store).ExecuteAsync(EngineFixture.Operation() with { CrashPolicy = policy }, WriteAsync, default));

        var outcome = await AnswerAsync(running);

        if (policy == CrashPolicy.Rerun)
        {
            Assert.True(Assert.IsType<ExecutionOutcome<OperationResult>.Unavailable>(outcome).HandlerRan);
        }
        else
        {
            Assert.IsType<ExecutionOutcome<OperationResult>.OutcomeUnknown>(outcome);
        }
    }

    [Fact]
    public async Task So_is_one_whose_operation_could_not_be_noted_before_it_ran()
    {
        // The claim is answered, the note is not.
        _store.AnswersLeft = 1;
        var running = Task.Run(() => _fixture.NewEngine(_store).ExecuteAsync(EngineFixture.Operation() with { CrashPolicy = CrashPolicy.Park }, _fixture.Handle, default));

        var outcome = await AnswerAsync(running);

        Assert.False(Assert.IsType<ExecutionOutcome<OperationResult>.Unavailable>(outcome).HandlerRan);
        Assert.Equal(0, _fixture.Runs);
    }

    // Guards the bound of PartitionRegister's tries.
    [Fact]
    public async Task And_one_whose_operation_sends_messages_waits_no_longer_for_their_note_than_for_the_claim()
    {
        _store.AnswersLeft = 0;
        var options = new OutboxOptions();
        var register = new PartitionRegister(_store, options, _fixture.Time, NullLogger<PartitionRegister>.Instance);
        using var engine = new IdempotencyEngine(
            new RowWriter(_store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, _fixture.Time),
            _fixture.Options,
            _fixture.Time,
            NullLogger<IdempotencyEngine>.Instance,
            new RowOutbox(register, new OutboxFixture().NewInstance().Dispatcher, options, _fixture.Time));
        var begun = _fixture.Time.GetUtcNow();
        var running = Task.Run(() => engine.ExecuteAsync(EngineFixture.Operation() with { SendsMessages = true }, _fixture.Handle, default));

        // The claim, the note and its window, and once more; the claim is read back in between.
        await _store.PassTimeoutAsync(calls: 3).WaitAsync(Limit);
        await _store.PassTimeoutAsync(calls: 3).WaitAsync(Limit);

        Assert.False(Assert.IsType<ExecutionOutcome<OperationResult>.Unavailable>(await running.WaitAsync(Limit)).HandlerRan);
        Assert.Equal(new RowWriterOptions().Timeout, _fixture.Time.GetUtcNow() - begun);
    }

    [Fact]
    public async Task The_claim_ends_behind_the_answer_so_that_a_retry_need_not_wait_for_its_lease()
    {
        var running = Task.Run(() => _fixture.NewEngine(_store).ExecuteAsync(EngineFixture.Operation(), WriteAsync, default));
        await AnswerAsync(running);
        await _store.WrittenAsync();

        // The store is back before the end of the claim is sent again.
        _store.AnswersLeft = null;
        await _store.PassTimeoutAsync();
        await _store.WrittenAsync().WaitAsync(Limit);

        Assert.IsType<ExecutionOutcome<OperationResult>.Executed>(await _fixture.NewEngine(_store).ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    /// <summary>The time that the handler took before is not the store's: the end of the claim still has the time of a write, so that a retry finds it.</summary>
    [Fact]
    public async Task A_handler_that_took_longer_than_a_write_may_has_its_claim_ended_before_the_answer()
    {
        var ending = new TaskCompletionSource();
        var isEnding = new TaskCompletionSource();
        var running = _fixture.NewEngine().ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            (_, _) =>
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(12));
                _fixture.Store.BeforeWrite = _ =>
                {
                    isEnding.TrySetResult();
                    return ending.Task;
                };
                throw new StoreUnavailableException();
            },
            default);
        await isEnding.Task.WaitAsync(Limit);

        Assert.False(running.IsCompleted);
        ending.SetResult();
        await running.WaitAsync(Limit);
        _fixture.Store.BeforeWrite = null;
        Assert.IsType<ExecutionOutcome<OperationResult>.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    // The write, and reading it back. Nothing else passes before the answer.
    private async Task<ExecutionOutcome<OperationResult>> AnswerAsync(Task<ExecutionOutcome<OperationResult>> running)
    {
        var begun = _fixture.Time.GetUtcNow();
        await _store.PassTimeoutAsync().WaitAsync(Limit);
        await _store.PassTimeoutAsync().WaitAsync(Limit);
        var outcome = await running.WaitAsync(Limit);
        Assert.Equal(new RowWriterOptions().Timeout, _fixture.Time.GetUtcNow() - begun);
        return outcome;
    }

    private async Task<HandlerOutcome<OperationResult>> WriteAsync(OperationContext context, CancellationToken cancellationToken)
    {
        _store.AnswersLeft = 0;
        var writer = new RowWriter(_store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, _fixture.Time);
        await writer.WriteAsync(EngineFixture.Partition, [RowWrite.Insert("business|row", new Dictionary<string, object>())], cancellationToken);
        return HandlerOutcome.Completed(EngineFixture.Result("written"));
    }
}
