namespace LocalServiceBus;

/// <summary>How many messages a queue has.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Active">Messages that can be received or are locked by a receiver.</param>
/// <param name="DeadLettered">Messages in its dead-letter queue.</param>
/// <param name="Scheduled">Messages that become active later.</param>
/// <param name="Deferred">Messages that are received by sequence number only.</param>
public sealed record QueueStatus(string Name, int Active, int DeadLettered, int Scheduled, int Deferred);
