using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace LocalServiceBus.Wire;

/// <summary>
/// The broker's end of an AMQP session: windows, delivery ids and the deliveries that wait for an outcome. What belongs to
/// sending is guarded by the writer's gate, since queues deliver from any thread; the rest belongs to the reading loop.
/// </summary>
internal sealed class AmqpSession(AmqpConnection connection, ushort channel)
{
    private const uint IncomingWindow = 65_536;

    // Room in a frame for the transfer in front of the payload.
    private const int TransferOverhead = 128;

    private readonly FrameWriter _writer = connection.Writer;
    private readonly Dictionary<uint, AmqpLink> _links = [];
    private readonly SortedDictionary<uint, UnsettledDelivery> _unsettled = [];
    private readonly Queue<(Action Write, int Bytes)> _delayed = new();
    private long _delayedBytes;
    private uint _nextIncomingId;
    private uint _incomingSinceFlow;
    private uint _nextOutgoingId = 1;
    private uint _nextDeliveryId;
    private uint _remoteWindow;
    private (uint First, uint Last)? _accepted;

    public AmqpConnection Connection { get; } = connection;

    /// <summary>How many bytes wait: for the peer's window, or to be sent.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_writer.Gate)
            {
                return _delayedBytes + _writer.Waiting;
            }
        }
    }

    public void Open(Begin begin)
    {
        _nextIncomingId = begin.NextOutgoingId;
        _remoteWindow = begin.IncomingWindow;
        Send(new Begin
        {
            RemoteChannel = channel,
            NextOutgoingId = _nextOutgoingId,
            IncomingWindow = IncomingWindow,
            OutgoingWindow = IncomingWindow,
            HandleMax = AmqpConnection.HandleMax,
        });
    }

    public void OnAttach(Attach attach)
    {
        if (_links.ContainsKey(attach.Handle))
        {
            throw new MalformedFrameException("A link handle is attached twice.");
        }

        if (attach.Handle > AmqpConnection.HandleMax || attach.LinkName is null)
        {
            throw new MalformedFrameException("A link has no name or a handle beyond the agreed maximum.");
        }

        var link = Connection.Resolve(this, attach);
        _links.Add(attach.Handle, link);
        link.Open();
    }

    public void OnFlow(Flow flow)
    {
        lock (_writer.Gate)
        {
            // Never added up: the .NET client opens its windows as wide as the number goes. A peer may shrink its window below what is under way.
            var underWay = _nextOutgoingId - (flow.HasField(0) ? flow.NextIncomingId : 1);
            _remoteWindow = flow.IncomingWindow > underWay ? flow.IncomingWindow - underWay : 0;

            while (_delayed.Count > 0 && _remoteWindow > 0)
            {
                var (write, bytes) = _delayed.Dequeue();
                _delayedBytes -= bytes;
                write();
            }
        }

        if (flow.HasHandle)
        {
            if (_links.TryGetValue(flow.Handle, out var link))
            {
                link.OnFlow(flow);
            }
        }
        else if (flow.Echo)
        {
            SendFlow(new Flow());
        }
    }

    public void OnTransfer(Transfer transfer, byte[] frame, int payloadOffset)
    {
        _nextIncomingId++;
        if (++_incomingSinceFlow >= IncomingWindow / 2)
        {
            SendFlow(new Flow());
        }

        if (!_links.TryGetValue(transfer.Handle, out var link))
        {
            throw new MalformedFrameException("A transfer names a link that is not attached.");
        }

        link.OnTransfer(transfer, frame, payloadOffset);
    }

    public void OnDisposition(Dispose disposition)
    {
        if (!disposition.Role)
        {
            return; // the client confirms a settlement of what it sent; nothing waits for that
        }

        var last = disposition.HasField(2) ? disposition.Last : disposition.First;
        List<UnsettledDelivery> settled = [];
        lock (_writer.Gate)
        {
            // A range may be far wider than what is unsettled, so walk the smaller of the two.
            if (last - disposition.First < (uint)_unsettled.Count)
            {
                for (var id = disposition.First; ; id++)
                {
                    if (_unsettled.TryGetValue(id, out var delivery))
                    {
                        settled.Add(delivery);
                    }

                    if (id == last)
                    {
                        break;
                    }
                }
            }
            else
            {
                settled.AddRange(_unsettled.Values.Where(delivery => delivery.Id - disposition.First <= last - disposition.First));
            }

            if (disposition.State is Outcome || disposition.Settled)
            {
                settled.ForEach(delivery => _unsettled.Remove(delivery.Id));
            }
            else
            {
                return; // a state on the way, such as received
            }
        }

        foreach (var delivery in settled)
        {
            delivery.Link.OnOutcome(delivery, disposition.State, disposition.Settled);
        }
    }

    public void OnDetach(Detach detach)
    {
        if (_links.Remove(detach.Handle, out var link))
        {
            link.OnDetach(detach);
        }
    }

    public void OnEnd()
    {
        OnGone();
        Send(new End());
    }

    public void OnGone()
    {
        foreach (var link in _links.Values)
        {
            link.OnGone();
        }

        _links.Clear();
    }

    public void Send(Described performative) => _writer.Write(channel, performative);

    /// <summary>Sends a flow with the session's numbers, after everything that waits for the peer's window.</summary>
    public void SendFlow(Flow flow)
    {
        lock (_writer.Gate)
        {
            if (_delayed.Count > 0)
            {
                _delayed.Enqueue((() => WriteFlow(flow), 0));
            }
            else
            {
                WriteFlow(flow);
            }
        }
    }

    /// <summary>Sends a message on a link; while the peer's window is closed it waits here.</summary>
    public void Deliver(OutboundLink link, Guid lockToken, bool settled, ByteBuffer prefix, ReadOnlyMemory<byte> rest)
    {
        lock (_writer.Gate)
        {
            var id = _nextDeliveryId++;
            if (!settled)
            {
                _unsettled.Add(id, new UnsettledDelivery(id, link, lockToken));
            }

            var position = 0;
            var length = prefix.Length + rest.Length;
            var room = Connection.MaxFrameSize - TransferOverhead;
            do
            {
                var from = position;
                var count = Math.Min(room, length - position);
                position += count;
                var transfer = new Transfer { Handle = link.Handle, More = position < length };
                if (from == 0)
                {
                    transfer.DeliveryId = id;
                    transfer.DeliveryTag = lockToken.ToByteArray();
                    transfer.MessageFormat = 0;
                    transfer.Settled = settled;
                    transfer.Batchable = true;
                }

                if (_remoteWindow > 0 && _delayed.Count == 0)
                {
                    WriteTransfer(transfer, prefix, rest, from, count);
                }
                else
                {
                    _delayed.Enqueue((() => WriteTransfer(transfer, prefix, rest, from, count), count));
                    _delayedBytes += count;
                }
            }
            while (position < length);
        }
    }

    /// <summary>Accepts a message that the client sent. Consecutive ones share a frame, sent by <see cref="FlushAccepted"/>.</summary>
    public void AcceptInbound(uint deliveryId)
    {
        lock (_writer.Gate)
        {
            if (_accepted is { } range && deliveryId == range.Last + 1)
            {
                _accepted = (range.First, deliveryId);
            }
            else
            {
                FlushAccepted();
                _accepted = (deliveryId, deliveryId);
            }
        }

        Connection.FlushSoon(this);
    }

    public void FlushAccepted()
    {
        lock (_writer.Gate)
        {
            if (_accepted is { } range)
            {
                _accepted = null;
                Send(new Dispose { Role = true, First = range.First, Last = range.Last, Settled = true, State = new Accepted() });
            }
        }
    }

    public void SettleInbound(uint deliveryId, DeliveryState state) =>
        Send(new Dispose { Role = true, First = deliveryId, Last = deliveryId, Settled = true, State = state });

    public void SettleOutbound(uint deliveryId, DeliveryState state) =>
        Send(new Dispose { Role = false, First = deliveryId, Last = deliveryId, Settled = true, State = state });

    public void ForgetUnsettled(OutboundLink link)
    {
        lock (_writer.Gate)
        {
            foreach (var id in _unsettled.Where(pair => pair.Value.Link == link).Select(pair => pair.Key).ToArray())
            {
                _unsettled.Remove(id);
            }
        }
    }

    private void WriteTransfer(Transfer transfer, ByteBuffer prefix, ReadOnlyMemory<byte> rest, int from, int count)
    {
        _remoteWindow--;
        _nextOutgoingId++;
        var inPrefix = Math.Clamp(prefix.Length - from, 0, count);
        _writer.Write(
            channel,
            transfer,
            inPrefix > 0 ? prefix.Buffer.AsSpan(prefix.Offset + from, inPrefix) : default,
            rest.Span.Slice(Math.Max(0, from - prefix.Length), count - inPrefix));
    }

    private void WriteFlow(Flow flow)
    {
        _incomingSinceFlow = 0;
        flow.NextIncomingId = _nextIncomingId;
        flow.IncomingWindow = IncomingWindow;
        flow.NextOutgoingId = _nextOutgoingId;
        flow.OutgoingWindow = IncomingWindow;
        Send(flow);
    }
}
