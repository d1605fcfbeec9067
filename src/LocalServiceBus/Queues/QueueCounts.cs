namespace LocalServiceBus.Queues;

internal readonly record struct QueueCounts(int Active, int Scheduled, int Deferred);
