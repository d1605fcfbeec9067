namespace LocalServiceBus.Queues;

/// <summary>A consumer that waits for any session with messages, at most until a moment.</summary>
internal sealed record SessionRequest(QueueConsumer Consumer, DateTimeOffset Deadline);
