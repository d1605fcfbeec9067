using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>A message of the model.</summary>
internal sealed class ModelMessage
{
    public required string Id { get; init; }

    public required long Number { get; set; }

    public MessageState State { get; set; }

    public int Count { get; set; }

    public DateTimeOffset? DueAt { get; init; }

    public TimeSpan? Life { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Which lock it is under; null where it is under none.</summary>
    public int? Lock { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public string? DeadBecause { get; set; }
}
