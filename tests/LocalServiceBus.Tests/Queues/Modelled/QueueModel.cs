using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>
/// The rules of a queue without sessions, written for sight rather than speed: one list, looked through from the start at every step.
/// </summary>
internal sealed class QueueModel(QueueOptions options)
{
    private readonly Dictionary<string, DateTimeOffset> _seen = [];
    private long _lastNumber;
    private int _lastLock;

    public List<ModelMessage> Messages { get; } = [];

    public List<ModelMessage> Dead { get; } = [];

    public DateTimeOffset Now { get; private set; }

    public void MoveTo(DateTimeOffset now)
    {
        Now = now;
        foreach (var lapsed in Messages.Where(message => message.Lock is not null && message.LockedUntil <= now).ToArray())
        {
            GiveBack(lapsed, failed: true);
        }

        foreach (var due in Messages.Where(message => message.State == MessageState.Scheduled && message.DueAt <= now).OrderBy(message => message.DueAt).ThenBy(message => message.Number).ToArray())
        {
            due.State = MessageState.Active;
            due.Number = ++_lastNumber;
            due.ExpiresAt = due.DueAt + due.Life;
        }

        foreach (var expired in Messages.Where(message => message.Lock is null && message.State != MessageState.Scheduled && message.ExpiresAt <= now).ToArray())
        {
            Expire(expired);
        }
    }

    public void Send(string id, TimeSpan? life, TimeSpan? delay)
    {
        var number = ++_lastNumber;
        if (_seen.TryGetValue(id, out var first) && Now < first + options.DuplicateDetectionHistoryTimeWindow)
        {
            return;
        }

        _seen[id] = Now;
        Messages.Add(new ModelMessage
        {
            Id = id,
            Number = number,
            State = delay is null ? MessageState.Active : MessageState.Scheduled,
            DueAt = Now + delay,
            Life = life,
            ExpiresAt = delay is null ? Now + life : null,
        });
    }

    public ModelMessage[] Take(int max)
    {
        ModelMessage[] taken = [.. Messages.Where(message => message.State == MessageState.Active && message.Lock is null).OrderBy(message => message.Number).Take(max)];
        foreach (var message in taken)
        {
            Lock(message);
        }

        return taken;
    }

    public ModelMessage? TakeDeferred(long number)
    {
        var found = Messages.Find(message => message.Number == number && message.State == MessageState.Deferred && message.Lock is null);
        if (found is not null)
        {
            Lock(found);
        }

        return found;
    }

    public bool Cancel(long number) => Messages.RemoveAll(message => message.Number == number && message.State == MessageState.Scheduled) > 0;

    public void Complete(ModelMessage message) => Messages.Remove(message);

    public void Renew(ModelMessage message) => message.LockedUntil = Now + options.LockDuration;

    public void Defer(ModelMessage message)
    {
        message.Lock = null;
        message.Count++;
        message.State = MessageState.Deferred;
        if (message.ExpiresAt <= Now)
        {
            Expire(message);
        }
    }

    public void DeadLetter(ModelMessage message, string reason)
    {
        message.Count++;
        Bury(message, reason);
    }

    public void GiveBack(ModelMessage message, bool failed)
    {
        message.Lock = null;
        if (failed && ++message.Count >= options.MaxDeliveryCount)
        {
            Bury(message, "MaxDeliveryCountExceeded");
        }
        else if (message.ExpiresAt <= Now)
        {
            Expire(message);
        }
    }

    public void Resubmit(ModelMessage letter)
    {
        Dead.Remove(letter);
        Messages.Add(new ModelMessage { Id = letter.Id, Number = ++_lastNumber, Life = letter.Life, ExpiresAt = Now + letter.Life });
    }

    private void Lock(ModelMessage message)
    {
        message.Lock = ++_lastLock;
        message.LockedUntil = Now + options.LockDuration;
    }

    private void Expire(ModelMessage message)
    {
        if (options.DeadLetteringOnMessageExpiration)
        {
            Bury(message, "TTLExpiredException");
        }
        else
        {
            Messages.Remove(message);
        }
    }

    private void Bury(ModelMessage message, string reason)
    {
        Messages.Remove(message);
        message.Lock = null;
        message.State = MessageState.Active;
        message.DeadBecause = reason;
        Dead.Add(message);
    }
}
