using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>A link on which the client receives.</summary>
internal abstract class OutboundLink(AmqpSession session, Attach attach) : AmqpLink(session, attach)
{
    protected bool SendsSettled { get; } = attach.SndSettleMode == SenderSettleMode.Settled;

    /// <summary>The client's word on a delivery.</summary>
    public abstract void OnOutcome(UnsettledDelivery delivery, DeliveryState? state, bool settled);

    // No largest message is announced: what the broker adds, such as a long reason, may make a message larger than a queue takes, and clients refuse what is above the limit.
    protected void Confirm(Action<Attach>? complete = null)
    {
        var answer = new Attach
        {
            LinkName = Name,
            Handle = Handle,
            Role = false,
            Source = Request.Source,
            Target = Request.Target,
            SndSettleMode = Request.SndSettleMode,
            RcvSettleMode = Request.RcvSettleMode,
            InitialDeliveryCount = 0,
        };
        complete?.Invoke(answer);
        Session.Send(answer);
    }
}
