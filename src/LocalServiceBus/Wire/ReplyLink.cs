using Amqp;
using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>The link on which a client gets the answers to its requests.</summary>
internal sealed class ReplyLink(AmqpSession session, Attach attach, string node) : OutboundLink(session, attach)
{
    private readonly Lock _gate = new();
    private readonly Queue<Message> _waiting = new();
    private uint _deliveryCount;
    private int _credit;

    public string Node => node;

    public string? Address { get; } = (attach.Target as Target)?.Address;

    public override void Open()
    {
        Session.Connection.AddReplyLink(this);
        Confirm();
    }

    public override void OnFlow(Flow flow)
    {
        lock (_gate)
        {
            _credit = Math.Max(0, (int)(flow.DeliveryCount + flow.LinkCredit - _deliveryCount));
            SendWaiting();
            if (flow.Drain)
            {
                _deliveryCount += (uint)_credit;
                _credit = 0;
            }

            if (flow.Drain || flow.Echo)
            {
                Session.SendFlow(new Flow { Handle = Handle, DeliveryCount = _deliveryCount, LinkCredit = (uint)_credit, Drain = flow.Drain });
            }
        }
    }

    /// <summary>Sends an answer, from any thread, as soon as the client has credit for it.</summary>
    public void Reply(Message response)
    {
        lock (_gate)
        {
            _waiting.Enqueue(response);
            SendWaiting();
        }
    }

    public override void OnOutcome(UnsettledDelivery delivery, DeliveryState? state, bool settled)
    {
    }

    public override void OnGone() => Session.Connection.RemoveReplyLink(this);

    private void SendWaiting()
    {
        while (_credit > 0 && _waiting.TryDequeue(out var response))
        {
            _credit--;
            _deliveryCount++;
            Session.Deliver(this, Guid.NewGuid(), settled: true, response.Encode(), ReadOnlyMemory<byte>.Empty);
        }
    }
}
