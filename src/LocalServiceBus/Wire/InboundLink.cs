using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>A link on which the client sends: puts the frames of a message together and keeps the client in credit.</summary>
internal abstract class InboundLink(AmqpSession session, Attach attach) : AmqpLink(session, attach)
{
    private const uint Credit = 1000;

    private uint _deliveryCount;
    private uint _granted;
    private uint _deliveryId;
    private uint _messageFormat;
    private bool _settled;
    private MemoryStream? _parts;
    private bool _isTooLarge;

    /// <summary>The largest message that it takes, in bytes.</summary>
    public const int MaxMessageSize = 262_144;

    public override void Open()
    {
        Session.Send(new Attach
        {
            LinkName = Name,
            Handle = Handle,
            Role = true,
            Source = Request.Source,
            Target = Request.Target,
            SndSettleMode = Request.SndSettleMode,
            RcvSettleMode = Request.RcvSettleMode,
            MaxMessageSize = MaxMessageSize,
            Properties = Request.Properties,
        });
        _deliveryCount = Request.InitialDeliveryCount;
        Grant();
    }

    public override void OnFlow(Flow flow)
    {
        if (flow.Echo)
        {
            Grant();
        }
    }

    public override void OnTransfer(Transfer transfer, byte[] frame, int payloadOffset)
    {
        if (IsDetached)
        {
            return;
        }

        if (transfer.HasDeliveryId)
        {
            _deliveryId = transfer.DeliveryId;
            _messageFormat = transfer.MessageFormat;
            _settled = false;
        }

        _settled |= transfer.Settled;
        var payloadLength = frame.Length - payloadOffset;
        if (transfer.Aborted)
        {
            Reset();
            CountDelivery();
            return;
        }

        if (transfer.More || _parts is not null || _isTooLarge)
        {
            _isTooLarge |= (_parts?.Length ?? 0) + payloadLength > MaxMessageSize;
            if (!_isTooLarge)
            {
                _parts ??= new MemoryStream();
                _parts.Write(frame, payloadOffset, payloadLength);
            }

            if (transfer.More)
            {
                return;
            }

            frame = _parts?.ToArray() ?? [];
            payloadOffset = 0;
            payloadLength = frame.Length;
        }

        var tooLarge = _isTooLarge || payloadLength > MaxMessageSize;
        Reset();
        CountDelivery();
        if (tooLarge)
        {
            Reject(_deliveryId, _settled, Conditions.Create(Conditions.MessageSizeExceeded, $"The message is larger than the {MaxMessageSize} bytes that a queue takes."));
            return;
        }

        try
        {
            OnMessage(_deliveryId, _settled, _messageFormat, frame, payloadOffset, payloadLength);
        }
        catch (MalformedFrameException exception)
        {
            // The frame was sound but the message is not: only this message is refused.
            Reject(_deliveryId, _settled, Conditions.Create(Conditions.DecodeError, exception.Message));
        }
    }

    protected abstract void OnMessage(uint deliveryId, bool settled, uint messageFormat, byte[] bytes, int offset, int length);

    protected void Reject(uint deliveryId, bool settled, Error error)
    {
        if (!settled)
        {
            Session.SettleInbound(deliveryId, new Rejected { Error = error });
        }
    }

    private void Reset()
    {
        _parts = null;
        _isTooLarge = false;
    }

    private void CountDelivery()
    {
        _deliveryCount++;
        if (--_granted <= Credit / 2)
        {
            Grant();
        }
    }

    private void Grant()
    {
        _granted = Credit;
        Session.SendFlow(new Flow { Handle = Handle, DeliveryCount = _deliveryCount, LinkCredit = Credit });
    }
}
