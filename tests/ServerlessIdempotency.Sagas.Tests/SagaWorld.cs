using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>What outlives processes: the store, the other side, the clock and the messages that were committed.</summary>
internal sealed class SagaWorld
{
    public static readonly SagaAddress Address = new(new PartitionAddress("Business", "p"), "s-1");

    private readonly ConcurrentDictionary<string, ConcurrentQueue<Answer>> _answers = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _keys = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public InMemoryRowStore Memory { get; } = new();

    public OtherSide OtherSide { get; } = new();

    public SagaOptions Options { get; } = new();

    /// <summary>What a process knows, by default the order.</summary>
    public Func<MortalProcess, SagaDefinition>? Known { get; set; }

    private SagaDefinition Definition(MortalProcess process) => Known?.Invoke(process) ?? new ScriptedSaga(this, process);

    public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SagaWorld Answers(string call, params Answer[] answers)
    {
        var queue = _answers.GetOrAdd(call, _ => new());
        Array.ForEach(answers, queue.Enqueue);
        return this;
    }

    public Answer NextAnswer(string call) => _answers.TryGetValue(call, out var queue) && queue.TryDequeue(out var answer) ? answer : Answer.Well;

    public void Called(string step, string key) => _keys.GetOrAdd(step, _ => []).Add(key);

    public IReadOnlyCollection<string> KeysOf(string step) => _keys.TryGetValue(step, out var keys) ? keys : [];

    public MortalProcess NewProcess(int? diesAt = null, IRowStore? store = null) => new(store ?? Memory, diesAt);

    public SagaRunner NewRunner(MortalProcess? process = null, bool withOutbox = true, RowsOutbox? outbox = null)
    {
        process ??= NewProcess();
        var writer = WriterOf(process);
        var transitions = new SagaTransitions(writer, Options, withOutbox ? outbox ?? new RowsOutbox() : null);
        return new SagaRunner(new SagaDefinitions([Definition(process)]), transitions, new ParkedSagaIndex(writer, Options), Options, Time, NullLogger<SagaRunner>.Instance);
    }

    public ParkedSagas NewParked(RowsOutbox? outbox = null)
    {
        var process = NewProcess();
        var writer = WriterOf(process);
        return new ParkedSagas(new SagaDefinitions([Definition(process)]), new SagaTransitions(writer, Options, outbox ?? new RowsOutbox()), new ParkedSagaIndex(writer, Options), Options, Time, NullLogger<ParkedSagas>.Instance);
    }

    /// <summary>What a sweeper does with the saga once its row is due.</summary>
    public async Task LookAsync()
    {
        var process = NewProcess();
        var writer = WriterOf(process);
        var look = new SagaLook(new SagaDefinitions([Definition(process)]), new SagaTransitions(writer, Options, new RowsOutbox()), new ParkedSagaIndex(writer, Options), Options, Time, NullLogger.Instance, metrics: null);
        await foreach (var row in new OpenSagas(Memory).ListAsync(Address.Partition, default))
        {
            await look.AtAsync(OpenSagas.Read(row), default);
        }
    }

    public async Task StartAsync(bool withOutbox = true)
    {
        var start = NewRunner(withOutbox: withOutbox).Start(Address, "order", "o-1", ScriptedStep.ScriptJson.Default.String);
        var writes = start.Rows.ToList();
        writes.AddRange(new RowsOutbox().ToRows("start", start.Messages));
        Assert.IsType<WriteOutcome.Applied>(await Memory.WriteAsync(new RowTransaction(Address.Partition, writes), default));
    }

    public async Task<SagaSnapshot> SagaAsync() => (await NewRunner().FindAsync(Address, default))!;

    /// <summary>Delivers what was committed, each message not before its time, until none is left or the process is dead. Nothing else wakes a saga.</summary>
    public async Task DeliverAsync(MortalProcess? process = null, int most = 100)
    {
        process ??= NewProcess();
        var runner = NewRunner(process);
        for (var delivered = 0; !process.IsDead && await NextWakeUpAsync() is { } message; delivered++)
        {
            Assert.True(delivered < most, "The saga does not come to rest.");
            var notBefore = message.GetDateTimeOffset("NotBefore")!.Value;
            if (notBefore > Time.GetUtcNow())
            {
                Time.SetUtcNow(notBefore);
            }

            try
            {
                var outcome = await runner.AdvanceAsync(SagaWakeUp.TryParse(message.GetBinary("Body"))!, default);
                Assert.False(outcome is SagaAdvanceOutcome.Waiting { IsLatestWakeUp: true } or SagaAdvanceOutcome.HeldElsewhere { IsLatestWakeUp: true }, "The wake-up came too early.");
            }
            catch (StoreUnavailableException) when (process.IsDead)
            {
                return;
            }

            if (process.IsDead)
            {
                return;
            }

            await Memory.WriteAsync(new RowTransaction(Address.Partition, [RowWrite.Delete(message.Address.RowKey, message.ETag)]), default);
        }
    }

    public async Task<List<Row>> MessagesAsync(string queue)
    {
        var rows = new List<Row>();
        await foreach (var row in Memory.QueryAsync(new RowQuery(Address.Partition, RowsOutbox.Prefix), default))
        {
            if (row.GetString("Queue") == queue)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>Everything that an undisturbed run and a disturbed one must agree on: no attempts, no times.</summary>
    public async Task<string> EndAsync()
    {
        var saga = await SagaAsync();
        var events = (await MessagesAsync("events")).Select(row => Encoding.UTF8.GetString(row.GetBinary("Body")!));
        var confirmed = await Memory.ReadAsync(Address.Partition.Row("confirmed|s-1"), default) is not null;
        return $"{saga.Status}; {string.Join(", ", saga.Steps.Select(step => $"{step.Name} {step.Status}"))}; {string.Join(" ", OtherSide.Effects)}; {string.Join(",", events)}; confirmed {confirmed}";
    }

    private RowWriter WriterOf(MortalProcess process) => new(process, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, Time);

    private async Task<Row?> NextWakeUpAsync() => (await MessagesAsync(Options.AdvanceQueue)).OrderBy(row => row.GetDateTimeOffset("NotBefore")).FirstOrDefault();
}
