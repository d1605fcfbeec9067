using System.Text;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace TestDoubles.Outbox;

/// <summary>One store, one broker and one clock, on which several instances of an app live and die.</summary>
internal sealed class OutboxFixture
{
    public static readonly PartitionAddress Partition = new("Business", "p");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public InMemoryRowStore Memory { get; } = new();

    public FakeBroker Broker { get; } = new();

    public OutboxOptions Options { get; } = new() { SweepConcurrency = 1 };

    /// <summary>What besides messages keeps a partition in the register. Default none.</summary>
    public Func<IRowStore, IUnfinishedWork>? UnfinishedWork { get; init; }

    /// <summary>From when on a note of the present window may be removed.</summary>
    public TimeSpan UntilNotesGo => (Options.Window * 1.5) + Options.NoteGrace;

    public AppInstance NewInstance(OutboxOptions? options = null) => new(this, options ?? Options);

    public static OutboxMessage Message(string body, string? session = null, string queue = "events") =>
        new(queue, Encoding.UTF8.GetBytes(body)) { SessionId = session };

    public async Task<List<Row>> RowsAsync(string table, string partitionKey, string prefix = "")
    {
        var rows = new List<Row>();
        await foreach (var row in Memory.QueryAsync(new RowQuery(new PartitionAddress(table, partitionKey), prefix), default))
        {
            rows.Add(row);
        }

        return rows;
    }

    public Task<List<Row>> UnsentAsync(PartitionAddress? partition = null) =>
        RowsAsync((partition ?? Partition).Table, (partition ?? Partition).PartitionKey, RowKeyPrefixes.Outbox);

    public Task<List<Row>> WindowsAsync() => RowsAsync(Options.TableName, "windows");

    public async Task<List<Row>> NotesAsync()
    {
        var notes = new List<Row>();
        foreach (var window in await WindowsAsync())
        {
            notes.AddRange(await RowsAsync(Options.TableName, window.Address.RowKey));
        }

        return notes;
    }
}
