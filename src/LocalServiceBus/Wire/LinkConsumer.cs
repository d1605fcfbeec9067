using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>Takes a queue's messages to a link. Called under the queue's lock, so it only writes frames.</summary>
internal sealed class LinkConsumer(QueueOutboundLink link) : QueueConsumer
{
    public QueueOutboundLink Link { get; } = link;

    public override bool IsHeldUp => Link.Session.Connection.Backlog.HoldsUp(this);

    public override void OnMessage(QueuedMessage message) => Link.Deliver(message);

    public override void OnCredit(bool drained) => Link.TellCredit(drained);

    public override void OnSessionAccepted(string sessionId, DateTimeOffset lockedUntil) => Link.ConfirmSession(sessionId, lockedUntil);

    public override void OnSessionRefused(QueueError error) => Link.Refuse(Conditions.From(error));

    public override void OnSessionLockLost() => Link.Detach(Conditions.From(QueueError.SessionLockLost));
}
