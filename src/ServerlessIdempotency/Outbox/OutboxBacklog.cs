namespace ServerlessIdempotency.Outbox;

/// <summary>How far the sweeps have come in a partition that has more unsent messages than one of them takes.</summary>
/// <param name="committedBefore">What is younger is for the next time through.</param>
internal sealed class OutboxBacklog(DateTimeOffset committedBefore)
{
    // Keys and sessions alone; of more, the latest are left to the next time through.
    private const int MaxRemembered = 50_000;

    private readonly PriorityQueue<Entry, Entry> _latestFirst = new(Comparer<Entry>.Create((left, right) => right.CompareTo(left)));
    private readonly HashSet<string> _held = [];
    private Queue<Entry>? _inOrder;
    private int _left;

    /// <summary>The key to go on from; null at the beginning and at the end.</summary>
    public string? From { get; private set; }

    /// <summary>Whether all rows were seen.</summary>
    public bool IsComplete => _inOrder is not null;

    /// <summary>Whether everything that is remembered was taken.</summary>
    public bool IsSent => _inOrder is { Count: 0 };

    /// <summary>How many of those with a session were seen and not taken.</summary>
    public int Remaining => _left + (_inOrder?.Count ?? _latestFirst.Count);

    /// <param name="rows">What was read.</param>
    /// <param name="next">The key of what comes behind; null at the end.</param>
    public void Remember(IEnumerable<OutboxRow> rows, string? next)
    {
        foreach (var row in rows)
        {
            if (row.Session is not { } session)
            {
                continue;
            }

            var entry = new Entry(row.CommittedAt, row.Row.Address.RowKey, session);
            if (row.CommittedAt > committedBefore)
            {
                _left++;
            }
            else if (_latestFirst.Count < MaxRemembered)
            {
                _latestFirst.Enqueue(entry, entry);
            }
            else
            {
                _latestFirst.EnqueueDequeue(entry, entry);
                _left++;
            }
        }

        From = next;
        if (next is null)
        {
            _inOrder = new Queue<Entry>(_latestFirst.UnorderedItems.Select(item => item.Element).Order());
            _latestFirst.Clear();
        }
    }

    /// <summary>The keys of the next ones in the order of their commits, without those of sessions that are held.</summary>
    public IEnumerable<string> Take(int most)
    {
        for (var taken = 0; taken < most && _inOrder!.TryDequeue(out var entry);)
        {
            if (_held.Contains(entry.Session))
            {
                _left++;
                continue;
            }

            taken++;
            yield return entry.Key;
        }
    }

    /// <summary>What follows of a session waits for the next time through: one of its messages was not sent.</summary>
    public void Hold(string session) => _held.Add(session);

    private readonly record struct Entry(DateTimeOffset CommittedAt, string Key, string Session) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => CommittedAt != other.CommittedAt ? CommittedAt.CompareTo(other.CommittedAt) : string.CompareOrdinal(Key, other.Key);
    }
}
