using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Law 1: whatever fails behind the commit, as where the app stops meanwhile, takes nothing of it back.</summary>
public sealed class CommittedStaysTests
{
    private readonly EngineFixture _fixture = new();

    /// <summary>Guards the catch in <c>CompletedRecordCache</c>: an app that stops disposes of the engine under what is still under way.</summary>
    [Fact]
    public async Task An_engine_that_is_disposed_of_before_the_commit_commits_all_the_same()
    {
        _fixture.Options.LocalCacheBytes = 1_000_000;
        var engine = _fixture.NewEngine();
        var told = await engine.ExecuteAsync(
            EngineFixture.Operation(),
            (_, _) =>
            {
                engine.Dispose();
                return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done")));
            },
            default);

        Assert.IsType<ExecutionOutcome.Executed>(told);
        await AssertCommittedAsync();
    }

    /// <summary>Guards the first look in <c>Claim.WriteInTurnAsync</c>: the claim has the fence of what it has committed.</summary>
    [Fact]
    public async Task An_outbox_that_fails_behind_the_commit_takes_nothing_back()
    {
        var engine = new IdempotencyEngine(
            new RowWriter(_fixture.Store, new RowWriterOptions(), _fixture.Time), _fixture.Options, _fixture.Time, NullLogger<IdempotencyEngine>.Instance, new FailingOutbox());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) => Task.FromResult(HandlerOutcome.Completed(
                EngineFixture.Result("done"), rows: [RowWrite.Insert("payment|1", new Dictionary<string, object>())], messages: [new OutboxMessage("events", default)])),
            default));

        await AssertCommittedAsync();
    }

    private async Task AssertCommittedAsync()
    {
        Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.Equal(0, _fixture.Runs);
    }

    private sealed class FailingOutbox : IOutbox
    {
        public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken) => Task.CompletedTask;

        public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages) => [];

        public void Committed(PartitionAddress partition, string operationHash) => throw new ObjectDisposedException("outbox");
    }
}
