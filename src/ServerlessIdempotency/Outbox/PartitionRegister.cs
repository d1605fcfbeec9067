using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// Which partitions may hold unsent messages, so that the sweeper finds them without a scan. Time is cut into windows; in each, the first
/// operation of a process that sends from a partition leaves a note.
/// </summary>
/// <remarks>
/// <para>Rows: <c>windows</c> holds a row for each window that may still have notes; a window's own partition holds one note for each business
/// partition; <c>parked</c> holds one row for each message that was given up. The first two are inserted side by side, never one after the other.</para>
/// <para>A note serves commits that begin before half a window after its window's end, so an operation that runs over the end need not write
/// another one before its commit: a new note is written beside it. A note is removed once it has stopped serving for the grace and its partition was
/// found empty after that moment; from then on every commit there stands under a later note.</para>
/// </remarks>
internal sealed class PartitionRegister(IRowStore store, OutboxOptions options, TimeProvider timeProvider, ILogger<PartitionRegister> logger)
{
    private const string WindowsPartition = "windows";
    private const string ParkedPartition = "parked";

    // A note is an insert that may be repeated without harm, and the store's client has its own pauses.
    private const int MaxTries = 3;

    // It is made beside a claim, and its caller does not wait longer for it than for that.
    private static readonly TimeSpan Timeout = new RowWriterOptions().Timeout;

    private readonly Lock _lock = new();
    private Window? _previous;
    private Window? _current;

    /// <summary>Comes back once a note stands that serves a commit which begins now.</summary>
    public async Task NoteAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = timeProvider.GetUtcNow();
            var (previous, current) = Roll(now);
            if (current.HasNoteOf(partition))
            {
                return;
            }

            var writing = current.NoteOnceAsync(partition, WriteNoteAsync, WriteWindowAsync);
            if (previous is not null && now < previous.ServesUntil && previous.HasNoteOf(partition))
            {
                // The earlier note still serves; the new one is there before it stops, or the next caller waits for it.
                _ = ObserveAsync(partition, writing);
                return;
            }

            await writing.WaitAsync(cancellationToken);

            // A process that slept while it wrote may have written a note that is due to be removed: then it needs another.
            if (timeProvider.GetUtcNow() < current.ServesUntil)
            {
                return;
            }
        }
    }

    /// <summary>Comes back once a note stands by which the partition is found at a later moment.</summary>
    public async Task NoteForAsync(PartitionAddress partition, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var start = StartOf(moment);
        if (start <= StartOf(timeProvider.GetUtcNow()))
        {
            await NoteAsync(partition, cancellationToken);
            return;
        }

        var window = NewWindow(start);
        await Task.WhenAll(WriteWindowAsync(window), WriteNoteAsync(window, partition));
    }

    /// <summary>The windows that have begun and may still have notes, oldest first.</summary>
    public async IAsyncEnumerable<(Row Row, string Key, DateTimeOffset RemovableFrom)> ListWindowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var window in ListAllWindowsAsync(cancellationToken))
        {
            // The key begins with the window's start, so all that follow are later ones.
            if (string.CompareOrdinal(window.Key, NewWindow(StartOf(timeProvider.GetUtcNow())).Key) > 0)
            {
                break;
            }

            yield return window;
        }
    }

    /// <summary>The windows that may have notes, later ones too, oldest first.</summary>
    public async IAsyncEnumerable<(Row Row, string Key, DateTimeOffset RemovableFrom)> ListAllWindowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(Partition(WindowsPartition), ""), cancellationToken))
        {
            var servesUntil = row.GetDateTimeOffset("ServesUntil") ?? throw new InvalidDataException($"The row {row.Address} lacks the column ServesUntil.");
            yield return (row, row.Address.RowKey, servesUntil + options.NoteGrace);
        }
    }

    /// <summary>The notes of a window.</summary>
    public async IAsyncEnumerable<(Row Row, PartitionAddress Partition)> ListNotesAsync(string window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(Partition(window), ""), cancellationToken))
        {
            yield return (row, new PartitionAddress(Text(row, "Table"), Text(row, "Partition")));
        }
    }

    public async Task<bool> IsEmptyAsync(string window, CancellationToken cancellationToken)
    {
        await foreach (var _ in store.QueryAsync(new RowQuery(Partition(window), "") { Take = 1 }, cancellationToken))
        {
            return false;
        }

        return true;
    }

    /// <summary>Removes a row of the register. Where another sweeper was faster, it is gone as well.</summary>
    public Task RemoveAsync(Row row, CancellationToken cancellationToken) =>
        store.WriteAsync(new RowTransaction(row.Address.Partition, [RowWrite.Delete(row.Address.RowKey, row.ETag)]), cancellationToken);

    /// <summary>Makes a message findable that is about to be parked, so that its partition's note may go.</summary>
    public Task NoteParkedAsync(RowAddress message) => InsertAsync(
        ParkedPartition,
        OperationHash.ComputeText("parked", message.Table, message.PartitionKey, message.RowKey),
        new() { ["Table"] = message.Table, ["Partition"] = message.PartitionKey, ["Message"] = message.RowKey });

    public async IAsyncEnumerable<(Row Row, RowAddress Message)> ListParkedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(Partition(ParkedPartition), ""), cancellationToken))
        {
            yield return (row, new RowAddress(Text(row, "Table"), Text(row, "Partition"), Text(row, "Message")));
        }
    }

    private (Window? Previous, Window Current) Roll(DateTimeOffset now)
    {
        var start = StartOf(now);
        lock (_lock)
        {
            // A clock that was set back keeps the later window: its notes only serve longer.
            if (_current is null || start > _current.Start)
            {
                _previous = _current;
                _current = NewWindow(start);
            }

            return (_previous, _current);
        }
    }

    // Each app has its own: two on one account would send each other's messages.
    private PartitionAddress Partition(string name) => new(options.TableName, AppNames.KeyOf(options.AppName, name));

    private DateTimeOffset StartOf(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % options.Window.Ticks), TimeSpan.Zero);

    private Window NewWindow(DateTimeOffset start) => new(start, start + options.Window + (options.Window / 2));

    private Task WriteNoteAsync(Window window, PartitionAddress partition) => InsertAsync(
        window.Key,
        OperationHash.ComputeText("partition", partition.Table, partition.PartitionKey),
        new() { ["Table"] = partition.Table, ["Partition"] = partition.PartitionKey });

    private Task WriteWindowAsync(Window window) => InsertAsync(WindowsPartition, window.Key, new() { ["ServesUntil"] = window.ServesUntil });

    private async Task InsertAsync(string partitionKey, string rowKey, Dictionary<string, object> values)
    {
        var transaction = new RowTransaction(Partition(partitionKey), [RowWrite.Insert(rowKey, values)]);
        var begun = timeProvider.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            var sent = timeProvider.GetTimestamp();
            try
            {
                // That it is there already is all that is wanted, be it ours or another process's.
                await store.WriteAsync(transaction, CancellationToken.None);
                return;
            }
            catch (StoreUnavailableException) when (tries < MaxTries && timeProvider.GetElapsedTime(begun) + timeProvider.GetElapsedTime(sent) <= Timeout)
            {
            }
        }
    }

    private async Task ObserveAsync(PartitionAddress partition, Task writing)
    {
        try
        {
            await writing;
        }
        catch (StoreUnavailableException exception)
        {
            logger.NoteFailed(partition, exception);
        }
    }

    private static string Text(Row row, string column) =>
        row.GetString(column) ?? throw new InvalidDataException($"The row {row.Address} lacks the column {column}.");

    /// <summary>A window and the notes that this process has in it. Two windows are kept, so memory is bounded by what is active.</summary>
    private sealed class Window(DateTimeOffset start, DateTimeOffset servesUntil)
    {
        private readonly Lock _lock = new();
        private readonly ConcurrentDictionary<PartitionAddress, bool> _noted = new();
        private readonly Dictionary<PartitionAddress, Lazy<Task>> _writing = [];
        private Lazy<Task>? _index;

        public DateTimeOffset Start { get; } = start;

        public DateTimeOffset ServesUntil { get; } = servesUntil;

        // With the length in the key, instances with another setting write other windows, and a window always means what its writer meant.
        public string Key { get; } = string.Create(CultureInfo.InvariantCulture, $"{start.ToUnixTimeSeconds():D12}+{(long)(servesUntil - start).TotalMilliseconds}");

        public bool HasNoteOf(PartitionAddress partition) => _noted.ContainsKey(partition);

        /// <summary>Writes the note, once for all callers at the same time; after a failure the next caller tries again.</summary>
        public Task NoteOnceAsync(PartitionAddress partition, Func<Window, PartitionAddress, Task> writeNote, Func<Window, Task> writeIndex)
        {
            Lazy<Task>? writing;
            lock (_lock)
            {
                if (HasNoteOf(partition))
                {
                    return Task.CompletedTask;
                }

                if (_index is null or { IsValueCreated: true, Value.IsFaulted: true })
                {
                    _index = new Lazy<Task>(() => writeIndex(this));
                }

                if (!_writing.TryGetValue(partition, out writing))
                {
                    var index = _index;
                    _writing[partition] = writing = new Lazy<Task>(() => RunAsync(index));
                }
            }

            // Started off the lock: the store may take its time before it gives the task back.
            return writing.Value;

            async Task RunAsync(Lazy<Task> index)
            {
                try
                {
                    await Task.WhenAll(index.Value, writeNote(this, partition));
                    _noted[partition] = true;
                }
                finally
                {
                    lock (_lock)
                    {
                        _writing.Remove(partition);
                    }
                }
            }
        }
    }
}
