using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>
/// The link on which a client would declare transactions. Clients that may use them across entities open it before any other link, whether or not they ever declare one:
/// it is there, and refuses what is declared.
/// </summary>
internal sealed class CoordinatorLink(AmqpSession session, Attach attach) : InboundLink(session, attach)
{
    protected override void OnMessage(uint deliveryId, bool settled, uint messageFormat, byte[] bytes, int offset, int length) =>
        Reject(deliveryId, settled, Conditions.Create(Conditions.NotImplemented, "Transactions are not supported."));
}
