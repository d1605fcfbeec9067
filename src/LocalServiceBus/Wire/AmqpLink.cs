using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>The broker's end of a link. All calls come from the connection's reading loop.</summary>
internal abstract class AmqpLink(AmqpSession session, Attach attach)
{
    public AmqpSession Session { get; } = session;

    /// <summary>The peer's handle, which is also used for the other direction.</summary>
    public uint Handle { get; } = attach.Handle;

    public string Name { get; } = attach.LinkName;

    protected Attach Request { get; } = attach;

    /// <summary>The broker has detached it; what still comes for it is ignored until the peer's detach.</summary>
    public bool IsDetached { get; private set; }

    /// <summary>Answers the attach, now or when it can.</summary>
    public abstract void Open();

    public virtual void OnFlow(Flow flow)
    {
    }

    public virtual void OnTransfer(Transfer transfer, byte[] frame, int payloadOffset)
    {
    }

    /// <summary>The link is gone: by detach, by the end of its session or with the connection.</summary>
    public virtual void OnGone()
    {
    }

    /// <summary>The peer detaches.</summary>
    public virtual void OnDetach(Detach detach)
    {
        OnGone();
        if (!IsDetached)
        {
            IsDetached = true;
            Session.Send(new Detach { Handle = Handle, Closed = detach.Closed });
        }
    }

    /// <summary>Refuses an attach as the standard asks: an attach without a terminus, and a detach with the reason.</summary>
    public void Refuse(Error error)
    {
        Session.Send(new Attach
        {
            LinkName = Name,
            Handle = Handle,
            Role = !Request.Role,
            InitialDeliveryCount = 0,
            Source = Request.Role ? null : Request.Source,
            Target = Request.Role ? Request.Target : null,
        });
        Detach(error);
    }

    public void Detach(Error error)
    {
        if (!IsDetached)
        {
            IsDetached = true;
            Session.Send(new Detach { Handle = Handle, Closed = true, Error = error });
        }
    }
}
