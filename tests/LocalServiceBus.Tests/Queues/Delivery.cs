using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

/// <summary>A message as it was when a consumer got it.</summary>
internal sealed record Delivery(string MessageId, long SequenceNumber, int DeliveryCount, Guid LockToken, DateTimeOffset LockedUntil, IReadOnlyDictionary<string, object?> Properties)
{
    public static Delivery Of(QueuedMessage message) => new(
        message.MessageId, message.SequenceNumber, message.DeliveryCount, message.LockToken, message.LockedUntil, ((PlainContent)message.Content).Properties);

    public string? Reason => Properties.GetValueOrDefault(DeadLetterProperties.Reason) as string;

    public string? Description => Properties.GetValueOrDefault(DeadLetterProperties.Description) as string;
}
