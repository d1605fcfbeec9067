using Amqp;
using Amqp.Framing;

namespace LocalServiceBus.Wire;

/// <summary>The link on which a client sends requests to a node.</summary>
internal sealed class RequestLink(AmqpSession session, Attach attach, string node, IRequests requests) : InboundLink(session, attach)
{
    protected override void OnMessage(uint deliveryId, bool settled, uint messageFormat, byte[] bytes, int offset, int length)
    {
        for (var position = offset; position < offset + length;)
        {
            position = EncodingGuard.Skip(bytes.AsSpan(0, offset + length), position);
        }

        Message request;
        object? messageId;
        string? replyTo;
        try
        {
            request = Message.Decode(new ByteBuffer(bytes, offset, length, length));
            messageId = request.Properties?.GetMessageId();
            replyTo = request.Properties?.ReplyTo;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new MalformedFrameException("A request can't be decoded.", exception);
        }

        if (!settled)
        {
            Session.AcceptInbound(deliveryId);
        }

        requests.Answer(request, response =>
        {
            response.Properties = new Properties();
            response.Properties.SetCorrelationId(messageId);
            FindReplyLink(replyTo)?.Reply(response);
        });
    }

    /// <summary>Clients name the reply link by its target's address, or by its name where the target is null.</summary>
    private ReplyLink? FindReplyLink(string? replyTo)
    {
        var candidates = Session.Connection.ReplyLinks(node);
        return candidates.FirstOrDefault(link => replyTo is not null && link.Address == replyTo)
            ?? candidates.FirstOrDefault(link => replyTo is not null && link.Name == replyTo)
            ?? candidates.FirstOrDefault(link => link.Session == Session)
            ?? candidates.FirstOrDefault();
    }
}
