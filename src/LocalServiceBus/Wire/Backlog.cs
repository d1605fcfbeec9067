namespace LocalServiceBus.Wire;

/// <summary>
/// Bounds what a connection holds for a client that takes credit and then does not read: beyond a limit its receivers get no further message, and other clients get them,
/// until the client has read on.
/// </summary>
internal sealed class Backlog
{
    private const long Full = 4 * 1024 * 1024;
    private const long RoomAgain = Full / 2;

    private readonly Lock _lock = new();
    private readonly HashSet<LinkConsumer> _waiting = [];

    /// <summary>Whether so much waits that the consumer has to; it then goes on by itself.</summary>
    public bool HoldsUp(LinkConsumer consumer)
    {
        if (consumer.Link.Session.WaitingBytes < Full)
        {
            return false;
        }

        lock (_lock)
        {
            _waiting.Add(consumer);
        }

        // All of it may have been sent before the consumer was noted, and then nothing would tell it.
        if (consumer.Link.Session.WaitingBytes > RoomAgain)
        {
            return true;
        }

        lock (_lock)
        {
            _waiting.Remove(consumer);
        }

        return false;
    }

    /// <summary>Lets those who wait go on once enough was sent.</summary>
    public void OnSent(long waitingBytes)
    {
        if (waitingBytes > RoomAgain)
        {
            return;
        }

        LinkConsumer[] waiting;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var consumer in waiting)
        {
            consumer.Link.GoOn();
        }
    }
}
