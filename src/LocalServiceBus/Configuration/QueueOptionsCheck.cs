namespace LocalServiceBus.Configuration;

/// <summary>Holds queues against the limits of the service.</summary>
internal static class QueueOptionsCheck
{
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    private const int MaxNameLength = 260;
    private const int MaxMaxDeliveryCount = 2000;
    private static readonly TimeSpan MinLock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxLock = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinWindow = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(7);
    private static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(1);

    /// <summary>Throws for what can't be served; returns a sentence for each value that only this broker takes.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<QueueOptions> queues)
    {
        var warnings = new List<string>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var queue in queues)
        {
            if (string.IsNullOrWhiteSpace(queue.Name) || queue.Name.Length > MaxNameLength || queue.Name.Contains('$', StringComparison.Ordinal) || queue.Name.Trim('/') != queue.Name)
            {
                throw new LocalServiceBusException($"'{queue.Name}' is no name for a queue: it takes 1 to {MaxNameLength} characters, no '$' and no slash at an end.");
            }

            if (!names.Add(queue.Name))
            {
                throw new LocalServiceBusException($"The queue '{queue.Name}' is there twice; names differ by more than letter case.");
            }

            if (queue.MaxDeliveryCount is < 1 or > MaxMaxDeliveryCount)
            {
                throw new LocalServiceBusException($"MaxDeliveryCount of the queue '{queue.Name}' is {queue.MaxDeliveryCount}; it takes 1 to {MaxMaxDeliveryCount}.");
            }

            CheckDuration(queue, nameof(queue.LockDuration), queue.LockDuration, MinLock, MaxLock, warnings);
            if (queue.RequiresDuplicateDetection)
            {
                CheckDuration(queue, nameof(queue.DuplicateDetectionHistoryTimeWindow), queue.DuplicateDetectionHistoryTimeWindow, MinWindow, MaxWindow, warnings);
            }

            CheckDuration(queue, nameof(queue.DefaultMessageTimeToLive), queue.DefaultMessageTimeToLive, MinTimeToLive, TimeSpan.MaxValue, warnings);
        }

        foreach (var queue in queues)
        {
            CheckForwarding(queue, queues, names);
        }

        return warnings;
    }

    private static void CheckDuration(QueueOptions queue, string setting, TimeSpan value, TimeSpan min, TimeSpan max, List<string> warnings)
    {
        if (value <= TimeSpan.Zero || value > max)
        {
            var most = max == TimeSpan.MaxValue ? "as long as you like" : $"at most {max}";
            throw new LocalServiceBusException($"{setting} of the queue '{queue.Name}' is {value}; it must be more than zero and {most}.");
        }

        if (value < min)
        {
            warnings.Add($"{setting} of the queue '{queue.Name}' is {value}. It is taken here, but the service takes no less than {min}.");
        }
    }

    private static void CheckForwarding(QueueOptions queue, IReadOnlyList<QueueOptions> queues, HashSet<string> names)
    {
        if (string.IsNullOrEmpty(queue.ForwardDeadLetteredMessagesTo))
        {
            return;
        }

        if (!names.TryGetValue(queue.ForwardDeadLetteredMessagesTo, out var target))
        {
            throw new LocalServiceBusException($"ForwardDeadLetteredMessagesTo of the queue '{queue.Name}' names '{queue.ForwardDeadLetteredMessagesTo}', and there is no such queue.");
        }

        if (string.Equals(target, queue.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new LocalServiceBusException($"ForwardDeadLetteredMessagesTo of the queue '{queue.Name}' names the queue itself.");
        }

        // A message without a session id would be stuck on the way.
        if (!queue.RequiresSession && queues.First(other => other.Name == target).RequiresSession)
        {
            throw new LocalServiceBusException($"ForwardDeadLetteredMessagesTo of the queue '{queue.Name}' names '{target}', which requires sessions; the dead letters may have none.");
        }
    }
}
