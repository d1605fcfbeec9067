using LocalServiceBus.Queues;
using LocalServiceBus.Wire;

namespace LocalServiceBus;

/// <summary>The queues as an operator sees them: counts, dead letters, and a second chance for one of them.</summary>
public sealed class QueueAdministration
{
    private readonly QueueCatalog _queues;

    internal QueueAdministration(QueueCatalog queues) => _queues = queues;

    /// <summary>All queues with their counts, by name.</summary>
    public IReadOnlyList<QueueStatus> ListQueues() =>
        [.. _queues.All.Where(queue => !queue.IsDeadLetterQueue).OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue =>
        {
            var counts = queue.Count();
            return new QueueStatus(queue.Name, counts.Active, DeadLettersOf(queue.Name).Count().Active, counts.Scheduled, counts.Deferred);
        })];

    /// <summary>The oldest dead letters of a queue, in order. Nothing is locked or changed.</summary>
    /// <param name="queue">The queue's name, in any letter case.</param>
    /// <param name="maxCount">How many at most, 1 or more.</param>
    /// <exception cref="ArgumentException">There is no such queue.</exception>
    public IReadOnlyList<DeadLetter> PeekDeadLetters(string queue, int maxCount = 100)
    {
        var found = new List<DeadLetter>();
        DeadLettersOf(queue).Peek(0, maxCount, sessionId: null, message =>
        {
            var content = (AmqpMessageContent)message.Content;
            var properties = content.ReadApplicationProperties();
            found.Add(new DeadLetter
            {
                SequenceNumber = message.SequenceNumber,
                MessageId = message.MessageId,
                SessionId = message.SessionId,
                Subject = content.ReadSubject(),
                EnqueuedAt = message.EnqueuedAt,
                DeliveryCount = message.DeliveryCount,
                Reason = properties.GetValueOrDefault(DeadLetterProperties.Reason) as string,
                Description = properties.GetValueOrDefault(DeadLetterProperties.Description) as string,
                Properties = properties,
                Body = content.ReadBody() is { } body ? body : ReadOnlyMemory<byte>.Empty,
            });
        });
        return found;
    }

    /// <summary>
    /// Puts a dead letter back into its queue, at the end, with its id and session, a new sequence number and no deliveries
    /// counted. Duplicate detection does not look at it: the id is known, and this is on purpose.
    /// </summary>
    /// <returns>False when there is no such dead letter, or a receiver holds it.</returns>
    /// <exception cref="ArgumentException">There is no such queue.</exception>
    public Task<bool> ResubmitDeadLetterAsync(string queue, long sequenceNumber, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadLetters = DeadLettersOf(queue);
        var found = deadLetters.TryResubmit(sequenceNumber, _queues.Find(queue)!, static content =>
            ((AmqpMessageContent)content).Without(DeadLetterProperties.Reason, DeadLetterProperties.Description));
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        deadLetters.Journal.WhenDurable(() => done.SetResult(found));
        return done.Task.WaitAsync(cancellationToken);
    }

    private MessageQueue DeadLettersOf(string queue) =>
        _queues.Find(queue + MessageQueue.DeadLetterSuffix) ?? throw new ArgumentException($"There is no queue '{queue}'.", nameof(queue));
}
