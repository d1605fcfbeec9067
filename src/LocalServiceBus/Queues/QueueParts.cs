using LocalServiceBus.Configuration;

namespace LocalServiceBus.Queues;

/// <summary>The parts of a queue. All of them are used in a <see cref="QueueTurn"/> only, one at a time.</summary>
internal sealed class QueueParts : IDisposable
{
    public QueueParts(QueueOptions options, IQueueJournal journal, TimeProvider time, bool isDeadLetterQueue)
    {
        Rules = new QueueRules(options, isDeadLetterQueue);
        Time = time;
        Journal = journal;
        Duplicates = !isDeadLetterQueue && options.RequiresDuplicateDetection ? new DuplicateHistory(options.DuplicateDetectionHistoryTimeWindow) : null;
        var due = new DueTimes(Rules);
        Locks = new MessageLocks(options.LockDuration);
        Sessions = new QueueSessions(options.LockDuration);
        Departures = new Departures(Rules, Contents, due, Locks, Sessions, journal);
        Deliveries = new Deliveries(Rules, Locks, Sessions, Departures);
        Settlements = new Settlements(Rules, Contents, Locks, Sessions, Departures, Deliveries, journal);
        Arrivals = new Arrivals(Rules, Contents, due, Deliveries, Duplicates, journal);
        Clock = new QueueClock(due, Locks, Sessions, Arrivals, Departures, Settlements);
        Timer = new QueueTimer(time, OnTimer);
    }

    public Lock Gate { get; } = new();

    public QueueRules Rules { get; }

    public TimeProvider Time { get; }

    public IQueueJournal Journal { get; }

    public DuplicateHistory? Duplicates { get; }

    public QueueContents Contents { get; } = new();

    public MessageLocks Locks { get; }

    public QueueSessions Sessions { get; }

    public Departures Departures { get; }

    public Deliveries Deliveries { get; }

    public Settlements Settlements { get; }

    public Arrivals Arrivals { get; }

    public QueueClock Clock { get; }

    public QueueTimer Timer { get; }

    /// <summary>Where dead letters go.</summary>
    public QueueParts? DeadLetters { get; set; }

    public void Dispose() => Timer.Dispose();

    private void OnTimer()
    {
        using var turn = new QueueTurn(this, isTimer: true);
    }
}
