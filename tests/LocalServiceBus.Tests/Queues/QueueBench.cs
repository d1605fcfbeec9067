using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.Queues;

/// <summary>Queues without a wire, on a clock that stands still until a test moves it. The first queue is the one under test.</summary>
internal sealed class QueueBench : IDisposable
{
    private readonly QueueCatalog _catalog;

    public QueueBench(params QueueOptions[] queues)
        : this(new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero)), queues)
    {
    }

    public QueueBench(FakeTimeProvider time, params QueueOptions[] queues)
    {
        Time = time;
        Assert.Empty(QueueOptionsCheck.Check(queues));
        _catalog = new QueueCatalog(queues, Journal, Time);
        Queue = _catalog.Find(queues[0].Name)!;
    }

    public FakeTimeProvider Time { get; }

    public RowsJournal Journal { get; } = new();

    public MessageQueue Queue { get; }

    public MessageQueue DeadLetters => _catalog.Find(Queue.Name + MessageQueue.DeadLetterSuffix)!;

    public IEnumerable<MessageQueue> All => _catalog.All;

    public MessageQueue this[string name] => _catalog.Find(name)!;

    public static Delivery[] Peek(MessageQueue queue, long from = 0, int max = int.MaxValue, string? sessionId = null)
    {
        var found = new List<Delivery>();
        queue.Peek(from, max, sessionId, message => found.Add(Delivery.Of(message)));
        return [.. found];
    }

    /// <summary>The ids in the queue, in order.</summary>
    public static string[] Ids(MessageQueue queue) => [.. Peek(queue).Select(message => message.MessageId)];

    public TestConsumer Consumer(bool takesAndDeletes = false) => new(Queue) { TakesAndDeletes = takesAndDeletes };

    public TestConsumer DeadLettersConsumer() => new(DeadLetters) { TakesAndDeletes = false };

    public TestConsumer Accept(string? sessionId, TimeSpan? maxWait = null)
    {
        var consumer = Consumer();
        Queue.AcceptSession(consumer, sessionId, maxWait ?? TimeSpan.FromSeconds(10));
        return consumer;
    }

    public long Send(string messageId, string? sessionId = null, TimeSpan? timeToLive = null, TimeSpan? delay = null)
    {
        long[] number = [0];
        var message = new NewMessage(messageId, new PlainContent())
        {
            SessionId = sessionId,
            TimeToLive = timeToLive,
            ScheduledFor = delay is { } time ? Time.GetUtcNow() + time : null,
        };
        Assert.Equal(QueueError.None, Queue.Send([message], number));
        return number[0];
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose() => _catalog.Dispose();
}
