using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LocalServiceBus.Durability;

/// <summary>
/// Keeps the queues in a SQLite file. Changes gather while the last batch is being written and are committed together; what
/// waits to be safe is told after the commit. With the write-ahead log a committed batch survives kill -9 of the process
/// (not a power cut of the machine: for that every commit would have to wait for the disk).
/// </summary>
internal sealed class SqliteJournal : IQueueJournal, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _somethingWaits = new(0);
    private readonly JournalFile _file;
    private readonly ILogger _logger;
    private Task _writing = Task.CompletedTask;
    private List<Action<JournalFile>> _changes = [];
    private List<Action> _waiting = [];
    private bool _isWriting;
    private bool _isCompleted;
    private long _lastRowId;

    private SqliteJournal(JournalFile file, ILogger logger)
    {
        _file = file;
        _logger = logger;
        _lastRowId = file.LastRowId();
    }

    /// <summary>Puts everything that was kept back into the queues, and begins to write.</summary>
    /// <returns>How many messages there were, and the names of queues that have messages but are not served now.</returns>
    public (int Messages, IReadOnlyCollection<string> Unserved) Restore(QueueCatalog queues, DateTimeOffset now)
    {
        var restored = _file.Restore(queues, now);

        // Only now: the file is used by one thread at a time, and reading already makes changes where time has passed.
        _writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return restored;
    }

    /// <summary>Opens or makes the folder's file.</summary>
    /// <exception cref="LocalServiceBusException">The folder can't be used, or another broker uses it.</exception>
    public static SqliteJournal Open(string folder, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new SqliteJournal(new JournalFile(Path.Combine(folder, "local-service-bus.db")), logger);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is 5 or 6)
        {
            throw new LocalServiceBusException($"The data folder '{folder}' is in use by another broker. Stop it, or name another folder.", exception);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceBusException($"The data folder '{folder}' can't be used: {exception.Message}", exception);
        }
    }

    public long NextRowId() => Interlocked.Increment(ref _lastRowId);

    public void Save(string queue, QueuedMessage message)
    {
        var row = new MessageRow(queue, message);
        Add(file => file.Save(row));
    }

    public void Update(string queue, QueuedMessage message)
    {
        var (rowId, number, state, count) = (message.RowId, message.SequenceNumber, message.State, message.DeliveryCount);
        Add(file => file.Update(queue, rowId, number, state, count));
    }

    public void Remove(QueuedMessage message)
    {
        var rowId = message.RowId;
        Add(file => file.Remove(rowId));
    }

    public void SaveSessionState(string queue, string sessionId, byte[]? state, DateTimeOffset setAt) => Add(file => file.SaveSessionState(queue, sessionId, state, setAt));

    public void SaveSeen(string queue, string messageId, DateTimeOffset seenAt, TimeSpan window) => Add(file => file.SaveSeen(queue, messageId, seenAt, window));

    public void WhenDurable(Action action)
    {
        lock (_gate)
        {
            if (_changes.Count > 0 || _isWriting || _waiting.Count > 0)
            {
                _waiting.Add(action);
                return;
            }
        }

        action();
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isCompleted = true;
        }

        _somethingWaits.Release();
        await _writing;
        _file.Dispose();
        _somethingWaits.Dispose();
    }

    private void Add(Action<JournalFile> change)
    {
        lock (_gate)
        {
            _changes.Add(change);
            if (_changes.Count == 1)
            {
                _somethingWaits.Release();
            }
        }
    }

    private void Write()
    {
        while (true)
        {
            _somethingWaits.Wait();
            List<Action<JournalFile>> changes;
            List<Action> waiting;
            lock (_gate)
            {
                if (_changes.Count == 0 && _isCompleted)
                {
                    return;
                }

                (changes, _changes) = (_changes, []);
                (waiting, _waiting) = (_waiting, []);
                _isWriting = true;
            }

            try
            {
                _file.Commit(changes);
            }
#pragma warning disable CA1031 // Whatever went wrong, what was not written must never be told as written; the log has it in full.
            catch (Exception exception)
            {
                // Nothing that waits is told that it is safe, now or later: its sender will time out and send it again.
                Log.JournalFailed(_logger, exception);
                return;
            }
#pragma warning restore CA1031

            foreach (var action in waiting)
            {
                action();
            }

            List<Action> late;
            lock (_gate)
            {
                _isWriting = false;

                // Who came during the commit without a change of its own waits for nothing more.
                late = _changes.Count == 0 ? _waiting : [];
                if (late.Count > 0)
                {
                    _waiting = [];
                }
            }

            late.ForEach(action => action());
        }
    }
}
