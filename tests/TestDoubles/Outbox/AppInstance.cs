using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace TestDoubles.Outbox;

/// <summary>One process of an app: its calls to the store and to the broker pass one gate.</summary>
internal sealed class AppInstance
{
    public AppInstance(OutboxFixture fixture, OutboxOptions options)
    {
        Store = new GatedRowStore(fixture.Memory, Gate);
        Writer = new RowWriter(Store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, fixture.Time);
        Register = new PartitionRegister(Store, options, fixture.Time, NullLogger<PartitionRegister>.Instance);
        var flusher = new OutboxFlusher(Writer, fixture.Broker.Connect(Gate), Register, options, fixture.Time, NullLogger<OutboxFlusher>.Instance);
        Dispatcher = new OutboxDispatcher(flusher, options, fixture.Time, NullLogger<OutboxDispatcher>.Instance);
        Sweeper = new OutboxSweeper(Register, flusher, fixture.UnfinishedWork is { } work ? [work(Store)] : [], options, fixture.Time, NullLogger<OutboxSweeper>.Instance);
        Outbox = new RowOutbox(Register, Dispatcher, options, fixture.Time);
        Administration = new OutboxAdministration(Writer, Register, options, fixture.Time);
        Engine = new IdempotencyEngine(Writer, new IdempotencyOptions { LocalCacheBytes = 0 }, fixture.Time, NullLogger<IdempotencyEngine>.Instance, Outbox);
    }

    public CallGate Gate { get; } = new();

    public IRowStore Store { get; }

    public RowWriter Writer { get; }

    public PartitionRegister Register { get; }

    public OutboxDispatcher Dispatcher { get; }

    public OutboxSweeper Sweeper { get; }

    public IOutbox Outbox { get; }

    public IOutboxAdministration Administration { get; }

    public IdempotencyEngine Engine { get; }

    /// <summary>What the engine does: note, commit, and say so.</summary>
    public async Task CommitAsync(string operationHash, params OutboxMessage[] messages)
    {
        await Outbox.PrepareAsync(OutboxFixture.Partition, default);
        await WriteAsync(operationHash, messages);
        Outbox.Committed(OutboxFixture.Partition, operationHash);
    }

    /// <summary>A commit after which the process is not heard of again.</summary>
    public async Task CommitAndCrashAsync(string operationHash, params OutboxMessage[] messages)
    {
        await Outbox.PrepareAsync(OutboxFixture.Partition, default);
        await WriteAsync(operationHash, messages);
    }

    public async Task WriteAsync(string operationHash, params OutboxMessage[] messages)
    {
        var rows = Outbox.ToRows(operationHash, messages);
        if (await Writer.WriteAsync(OutboxFixture.Partition, rows, default) is not CommitOutcome.Written)
        {
            throw new InvalidOperationException("The test's own commit was refused.");
        }
    }

    public Task<OutboxFlushResult> FlushAsync(string operationHash) => Dispatcher.FlushAsync(OutboxFixture.Partition, operationHash, default);
}
