using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>A client that receives from a queue, or from one session of it.</summary>
internal sealed class QueueOutboundLink : OutboundLink
{
    private static readonly Symbol SessionFilter = "com.microsoft:session-filter";
    private static readonly Symbol LockedUntilProperty = "com.microsoft:locked-until-utc";
    private static readonly Symbol TimeoutProperty = "com.microsoft:timeout";
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(60);

    private readonly MessageQueue _queue;
    private readonly LinkConsumer _consumer;
    private readonly object? _filterKey;
    private bool _isAttached;

    public QueueOutboundLink(AmqpSession session, Attach attach, MessageQueue queue)
        : base(session, attach)
    {
        _queue = queue;
        _consumer = new LinkConsumer(this) { TakesAndDeletes = SendsSettled };
        _filterKey = (attach.Source as Source)?.FilterSet?.Keys.FirstOrDefault(key => key.ToString() == SessionFilter);
    }

    public override void Open()
    {
        if (_filterKey is null)
        {
            if (_queue.HasSessions)
            {
                Refuse(Conditions.From(QueueError.SessionRequired));
                return;
            }

            _isAttached = true;
            Confirm();
            return;
        }

        if (!_queue.HasSessions)
        {
            Refuse(Conditions.From(QueueError.SessionNotSupported));
            return;
        }

        var wanted = ((Source)Request.Source).FilterSet[_filterKey] switch
        {
            DescribedValue described => described.Value as string,
            var plain => plain as string,
        };
        _queue.AcceptSession(_consumer, wanted, PatienceOf(Request));
    }

    public override void OnFlow(Flow flow)
    {
        if (IsDetached)
        {
            return;
        }

        // The limit is absolute, so a repeated or late flow changes nothing that was already used.
        _queue.Allow(_consumer, flow.DeliveryCount + flow.LinkCredit, flow.Drain, flow.Echo);
    }

    /// <summary>There is room again for what was held up.</summary>
    public void GoOn() => _queue.Resume(_consumer);

    public override void OnOutcome(UnsettledDelivery delivery, DeliveryState? state, bool settled)
    {
        var error = Settle(delivery.LockToken, state);
        if (settled)
        {
            return; // the client does not wait for an answer
        }

        if (error == QueueError.None)
        {
            _queue.Journal.WhenDurable(() => Session.SettleOutbound(delivery.Id, new Accepted()));
        }
        else
        {
            var lost = error == QueueError.MessageLockLost && _queue.HasSessions && _consumer.Session is null ? QueueError.SessionLockLost : error;
            Session.SettleOutbound(delivery.Id, new Rejected { Error = Conditions.From(lost) });
        }
    }

    public override void OnGone()
    {
        _queue.Leave(_consumer);
        Session.ForgetUnsettled(this);
    }

    public override void OnDetach(Detach detach)
    {
        // The client gave up waiting for a session: the standard wants its attach answered before the detach.
        OnGone();
        if (!_isAttached && !IsDetached)
        {
            Confirm(answer => answer.Source = null);
        }

        base.OnDetach(detach);
    }

    public void Deliver(QueuedMessage message) =>
        Session.Deliver(this, message.IsLocked ? message.LockToken : Guid.NewGuid(), !message.IsLocked, DeliveryEncoding.EncodePrefix(message), ((AmqpMessageContent)message.Content).Bare);

    /// <summary>The JavaScript client takes a drain as done only when the answer says drain too.</summary>
    public void TellCredit(bool drained) =>
        Session.SendFlow(new Flow { Handle = Handle, DeliveryCount = _consumer.DeliveryCount, LinkCredit = (uint)_consumer.Credit, Drain = drained });

    public void ConfirmSession(string sessionId, DateTimeOffset lockedUntil)
    {
        _isAttached = true;
        Confirm(answer =>
        {
            ((Source)answer.Source).FilterSet[_filterKey!] = sessionId;
            answer.Properties = new Fields { [LockedUntilProperty] = lockedUntil.UtcTicks };
        });
    }

    private QueueError Settle(Guid lockToken, DeliveryState? state) => state switch
    {
        Accepted => _queue.Complete(lockToken),
        Released => _queue.Abandon(lockToken, failed: false),
        Modified { UndeliverableHere: true } modified => _queue.Defer(lockToken, Changes(modified.MessageAnnotations)),
        Modified modified => _queue.Abandon(lockToken, Changes(modified.MessageAnnotations)),
        Rejected rejected => Reject(lockToken, rejected.Error),

        // Settled without an outcome: the client forgets the delivery, the source's default outcome is to release it.
        _ => _queue.Abandon(lockToken, failed: false),
    };

    private QueueError Reject(Guid lockToken, Error? error)
    {
        var changes = Changes(error?.Info);
        var reason = Take(changes, DeadLetterProperties.Reason);
        var description = Take(changes, DeadLetterProperties.Description);
        var isDeadLetter = error is null || error.Condition is null || error.Condition == Conditions.DeadLetter;
        return _queue.DeadLetter(lockToken, reason ?? (isDeadLetter ? null : (string)error!.Condition), description ?? error?.Description, changes);
    }

    private static string? Take(Dictionary<string, object?>? map, string key) => map is not null && map.Remove(key, out var value) ? value?.ToString() : null;

    private static Dictionary<string, object?>? Changes(Fields? fields) =>
        fields is { Count: > 0 } ? fields.ToDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value, StringComparer.Ordinal) : null;

    /// <summary>A little less than the client's own timeout, so that it hears the answer rather than its own timer.</summary>
    private static TimeSpan PatienceOf(Attach attach)
    {
        if (attach.Properties is not { } properties || !properties.TryGetValue(TimeoutProperty, out var value) || value is null)
        {
            return DefaultPatience;
        }

        var milliseconds = Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds - Math.Min(500, milliseconds / 4), 0, int.MaxValue));
    }
}
