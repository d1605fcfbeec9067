using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>A link to something that is not there.</summary>
internal sealed class RefusedLink(AmqpSession session, Attach attach, Error error) : AmqpLink(session, attach)
{
    public override void Open() => Refuse(error);
}
