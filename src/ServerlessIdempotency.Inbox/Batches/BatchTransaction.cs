using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>What the events of one transaction have decided so far: their marks, and each row as the last of them leaves it.</summary>
internal sealed class BatchTransaction(PartitionAddress partition, IRowStore store)
{
    private readonly List<BatchEntry> _entries = [];
    private readonly List<BatchMessage> _copies = [];
    private readonly Dictionary<string, PendingRow> _rows = new(StringComparer.Ordinal);
    private readonly List<PendingRow> _order = [];
    private readonly Dictionary<string, Row?> _read = new(StringComparer.Ordinal);
    private int _messages;

    public PartitionAddress Partition => partition;

    public IReadOnlyList<BatchEntry> Entries => _entries;

    /// <summary>Messages whose event is one of <see cref="Entries"/>.</summary>
    public IReadOnlyList<BatchMessage> Copies => _copies;

    public bool Sends => _messages > 0;

    /// <summary>The message whose event has this mark; null where none of them has.</summary>
    public BatchMessage? Find(RowAddress mark) => _entries.Find(entry => entry.Message.Address == mark)?.Message;

    public void AddCopy(BatchMessage message) => _copies.Add(message);

    /// <summary>A row as the entries leave it. It is read once, so that all of them see the version that the transaction is guarded by.</summary>
    public async Task<Row?> ReadAsync(string rowKey, CancellationToken cancellationToken)
    {
        if (_rows.TryGetValue(rowKey, out var pending))
        {
            return pending.ToRow(partition);
        }

        if (!_read.TryGetValue(rowKey, out var row))
        {
            _read[rowKey] = row = await store.ReadAsync(partition.Row(rowKey), cancellationToken);
        }

        return row;
    }

    /// <returns>False where the transaction can't take the entry: it would be too large, or a row is in it already in another version. Nothing is changed then.</returns>
    public bool TryAdd(BatchEntry entry)
    {
        var changed = new Dictionary<string, PendingRow>(StringComparer.Ordinal);
        foreach (var write in entry.Rows)
        {
            if (changed.ContainsKey(write.RowKey) || entry.Message.Address.RowKey == write.RowKey)
            {
                // Wrong by itself: alone, the store says so.
                return false;
            }

            var pending = _rows.TryGetValue(write.RowKey, out var before) ? before.After(write) : PendingRow.First(write, entry);
            if (pending is null)
            {
                return false;
            }

            changed.Add(write.RowKey, pending);
        }

        var added = changed.Keys.Count(rowKey => !_rows.ContainsKey(rowKey));
        if (_entries.Count + 1 + _rows.Count + added + _messages + entry.Messages.Count > RowTransaction.MaxWrites)
        {
            return false;
        }

        foreach (var (rowKey, pending) in changed)
        {
            if (_rows.TryGetValue(rowKey, out var before))
            {
                _order[_order.IndexOf(before)] = pending;
            }
            else
            {
                _order.Add(pending);
            }

            _rows[rowKey] = pending;
        }

        _entries.Add(entry);
        _messages += entry.Messages.Count;
        return true;
    }

    /// <summary>Every write, the marks first: the first of them is the guard that knows its own write.</summary>
    public IReadOnlyList<RowWrite> ToWrites() =>
        [.. _entries.Select(entry => entry.Mark), .. _order.Select(row => row.ToWrite()), .. _entries.SelectMany(entry => entry.Messages)];

    /// <summary>Whose write stands at a place of <see cref="ToWrites"/>; of a row that several wrote, whose version guards it.</summary>
    public (BatchEntry Entry, bool IsMark) OwnerOf(int index)
    {
        if (index < _entries.Count)
        {
            return (_entries[index], true);
        }

        index -= _entries.Count;
        if (index < _order.Count)
        {
            return (_order[index].Owner, false);
        }

        index -= _order.Count;
        foreach (var entry in _entries)
        {
            if (index < entry.Messages.Count)
            {
                return (entry, false);
            }

            index -= entry.Messages.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}
