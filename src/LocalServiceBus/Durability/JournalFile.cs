using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;
using LocalServiceBus.Wire;
using Microsoft.Data.Sqlite;

namespace LocalServiceBus.Durability;

/// <summary>The SQLite file behind the journal. Used by one thread at a time.</summary>
internal sealed class JournalFile : IDisposable
{
    private const int SchemaVersion = 2;
    private const int WithoutMomentsOfStates = 1;
    private const int SeenBetweenPurges = 1000;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _saveSequence;
    private readonly SqliteCommand _saveState;
    private readonly SqliteCommand _removeState;
    private readonly SqliteCommand _saveSeen;
    private readonly SqliteCommand _purgeSeen;
    private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);
    private readonly HashSet<string> _movedSequences = new(StringComparer.Ordinal);
    private int _seenSincePurge;

    public JournalFile(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }.ToString());
        try
        {
            _connection.Open();

            // Exclusive: two brokers on one file would each hand out the same messages.
            Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
            var version = Convert.ToInt32(Scalar("PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
            if (version is not (0 or WithoutMomentsOfStates or SchemaVersion))
            {
                throw new LocalServiceBusException($"The data in '{path}' has version {version}; this broker reads {SchemaVersion}. Name another folder.");
            }

            Execute($"""
                BEGIN IMMEDIATE;
                CREATE TABLE IF NOT EXISTS messages (
                    row_id INTEGER PRIMARY KEY, queue TEXT NOT NULL, sequence_number INTEGER NOT NULL, enqueued_sequence_number INTEGER NOT NULL,
                    enqueued_at INTEGER NOT NULL, scheduled_for INTEGER, time_to_live INTEGER, state INTEGER NOT NULL, delivery_count INTEGER NOT NULL,
                    message_id TEXT NOT NULL, session_id TEXT, dead_letter_source TEXT, content BLOB NOT NULL);
                CREATE TABLE IF NOT EXISTS sequences (queue TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS session_states (queue TEXT NOT NULL, session_id TEXT NOT NULL, state BLOB NOT NULL, set_at INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (queue, session_id)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS seen (queue TEXT NOT NULL, message_id TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (queue, message_id)) WITHOUT ROWID;
                {(version == WithoutMomentsOfStates ? "ALTER TABLE session_states ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;" : "")}
                PRAGMA user_version = {SchemaVersion};
                COMMIT;
                """);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        _save = Prepare("INSERT OR REPLACE INTO messages VALUES ($row, $queue, $number, $enqueuedNumber, $enqueuedAt, $scheduledFor, $life, $state, $count, $id, $session, $source, $content)");
        _update = Prepare("UPDATE messages SET sequence_number = $number, state = $state, delivery_count = $count WHERE row_id = $row");
        _remove = Prepare("DELETE FROM messages WHERE row_id = $row");
        _saveSequence = Prepare("INSERT OR REPLACE INTO sequences VALUES ($queue, $last)");
        _saveState = Prepare("INSERT OR REPLACE INTO session_states VALUES ($queue, $session, $state, $setAt)");
        _removeState = Prepare("DELETE FROM session_states WHERE queue = $queue AND session_id = $session");
        _saveSeen = Prepare("INSERT OR REPLACE INTO seen VALUES ($queue, $id, $seenAt)");
        _purgeSeen = Prepare("DELETE FROM seen WHERE queue = $queue AND seen_at <= $before");
    }

    public long LastRowId() => Scalar("SELECT max(row_id) FROM messages") is long last ? last : 0;

    /// <summary>Writes all of the changes or none.</summary>
    public void Commit(IEnumerable<Action<JournalFile>> changes)
    {
        Execute("BEGIN IMMEDIATE");
        foreach (var change in changes)
        {
            change(this);
        }

        foreach (var queue in _movedSequences)
        {
            Run(_saveSequence, queue, _sequences[queue]);
        }

        _movedSequences.Clear();
        Execute("COMMIT");
    }

    public void Save(MessageRow row)
    {
        Run(
            _save,
            row.RowId,
            row.Queue,
            row.SequenceNumber,
            row.EnqueuedSequenceNumber,
            row.EnqueuedAt,
            row.ScheduledFor,
            row.TimeToLive,
            (int)row.State,
            row.DeliveryCount,
            row.MessageId,
            row.SessionId,
            row.DeadLetterSource,
            row.Content.ToBytes());
        MoveSequence(row.Queue, row.SequenceNumber);
    }

    public void Update(string queue, long rowId, long sequenceNumber, MessageState state, int deliveryCount)
    {
        Run(_update, sequenceNumber, (int)state, deliveryCount, rowId);
        MoveSequence(queue, sequenceNumber);
    }

    public void Remove(long rowId) => Run(_remove, rowId);

    public void SaveSessionState(string queue, string sessionId, byte[]? state, DateTimeOffset setAt)
    {
        if (state is null)
        {
            Run(_removeState, queue, sessionId);
        }
        else
        {
            Run(_saveState, queue, sessionId, state, setAt.UtcTicks);
        }
    }

    public void SaveSeen(string queue, string messageId, DateTimeOffset seenAt, TimeSpan window)
    {
        Run(_saveSeen, queue, messageId, seenAt.UtcTicks);
        if (++_seenSincePurge >= SeenBetweenPurges)
        {
            _seenSincePurge = 0;
            Run(_purgeSeen, queue, (seenAt - window).UtcTicks);
        }
    }

    public (int Messages, IReadOnlyCollection<string> Unserved) Restore(QueueCatalog queues, DateTimeOffset now)
    {
        foreach (var queue in queues.All)
        {
            queue.ForgetSeenBefore(now, before => Run(_purgeSeen, queue.Name, before.UtcTicks));
        }

        Each("SELECT queue, last FROM sequences", row =>
        {
            _sequences[row.GetString(0)] = row.GetInt64(1);
            queues.Find(row.GetString(0))?.RestoreSequence(row.GetInt64(1));
        });
        Each(
            "SELECT queue, session_id, state, set_at FROM session_states",
            row => queues.Find(row.GetString(0))?.RestoreSessionState(row.GetString(1), row.GetFieldValue<byte[]>(2), Moment(row.GetInt64(3))));
        Each("SELECT queue, message_id, seen_at FROM seen ORDER BY seen_at", row => queues.Find(row.GetString(0))?.RestoreSeen(row.GetString(1), Moment(row.GetInt64(2))));

        var count = 0;
        var unserved = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Each("SELECT * FROM messages ORDER BY queue, sequence_number", row =>
        {
            var name = row.GetString(1);
            if (queues.Find(name) is { } queue)
            {
                queue.Restore(ReadMessage(row));
                count++;
            }
            else
            {
                unserved.Add(name);
            }
        });
        return (count, unserved);
    }

    public void Dispose() => _connection.Dispose();

    private static QueuedMessage ReadMessage(SqliteDataReader row) => new(row.GetString(9), AmqpMessageContent.FromBytes(row.GetFieldValue<byte[]>(12)))
    {
        RowId = row.GetInt64(0),
        SequenceNumber = row.GetInt64(2),
        EnqueuedSequenceNumber = row.GetInt64(3),
        EnqueuedAt = Moment(row.GetInt64(4)),
        ScheduledFor = row.IsDBNull(5) ? null : Moment(row.GetInt64(5)),
        TimeToLive = row.IsDBNull(6) ? null : TimeSpan.FromTicks(row.GetInt64(6)),
        State = (MessageState)row.GetInt32(7),
        DeliveryCount = row.GetInt32(8),
        SessionId = row.IsDBNull(10) ? null : row.GetString(10),
        DeadLetterSource = row.IsDBNull(11) ? null : row.GetString(11),
    };

    private static DateTimeOffset Moment(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private static void Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private void MoveSequence(string queue, long sequenceNumber)
    {
        if (sequenceNumber > _sequences.GetValueOrDefault(queue))
        {
            _sequences[queue] = sequenceNumber;
            _movedSequences.Add(queue);
        }
    }

    /// <summary>Parameters are bound in the order in which the text names them.</summary>
    private SqliteCommand Prepare(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var word in text.Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] == '$'))
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = word });
        }

        command.Prepare();
        return command;
    }

    private void Each(string query, Action<SqliteDataReader> show)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            show(reader);
        }
    }

    private void Execute(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private object? Scalar(string query)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = query;
        return command.ExecuteScalar();
    }
}
