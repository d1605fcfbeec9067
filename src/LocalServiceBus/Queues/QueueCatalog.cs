using LocalServiceBus.Configuration;

namespace LocalServiceBus.Queues;

/// <summary>The broker's queues and their dead-letter queues, by name in any letter case.</summary>
internal sealed class QueueCatalog : IDisposable
{
    private readonly Dictionary<string, MessageQueue> _byName = new(StringComparer.OrdinalIgnoreCase);

    public QueueCatalog(IEnumerable<QueueOptions> queues, IQueueJournal journal, TimeProvider time)
    {
        var all = queues.ToArray();
        foreach (var options in all)
        {
            var queue = new MessageQueue(options, journal, time);
            var deadLetters = new MessageQueue(options, journal, time, isDeadLetterQueue: true);
            _byName.Add(queue.Name, queue);
            _byName.Add(deadLetters.Name, deadLetters);
            queue.SendDeadLettersTo(deadLetters);
        }

        foreach (var options in all)
        {
            if (!string.IsNullOrEmpty(options.ForwardDeadLetteredMessagesTo))
            {
                _byName[options.Name].SendDeadLettersTo(_byName[options.ForwardDeadLetteredMessagesTo]);
            }
        }
    }

    public IEnumerable<MessageQueue> All => _byName.Values;

    public MessageQueue? Find(string name) => _byName.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var queue in _byName.Values)
        {
            queue.Dispose();
        }
    }
}
