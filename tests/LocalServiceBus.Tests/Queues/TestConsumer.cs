using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

/// <summary>A consumer that notes what it is told.</summary>
internal sealed class TestConsumer(MessageQueue queue) : QueueConsumer
{
    private readonly List<Delivery> _received = [];

    public IReadOnlyList<Delivery> Received => _received;

    public string? SessionId { get; private set; }

    public QueueError? Refusal { get; private set; }

    public int SessionLosses { get; private set; }

    /// <summary>Grants credit for so many more and waits for whatever comes.</summary>
    public void Grant(int count) => queue.Allow(this, DeliveryCount + (uint)count, drain: false);

    /// <summary>Takes what is there, up to a number.</summary>
    public IReadOnlyList<Delivery> Take(int max)
    {
        var before = _received.Count;
        queue.Allow(this, DeliveryCount + (uint)max, drain: true);
        return _received[before..];
    }

    /// <summary>Takes the one message that must be there.</summary>
    public Delivery Take() => Assert.Single(Take(1));

    public void Leave() => queue.Leave(this);

    public override void OnMessage(QueuedMessage message) => _received.Add(Delivery.Of(message));

    public override void OnCredit(bool drained)
    {
    }

    public override void OnSessionAccepted(string sessionId, DateTimeOffset lockedUntil) => SessionId = sessionId;

    public override void OnSessionRefused(QueueError error) => Refusal = error;

    public override void OnSessionLockLost() => SessionLosses++;
}
