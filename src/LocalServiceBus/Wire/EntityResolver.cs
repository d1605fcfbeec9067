using Amqp.Framing;
using Amqp.Transactions;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>Finds what a link's address names: a queue, its dead letters, its management node or <c>$cbs</c>.</summary>
internal sealed class EntityResolver(QueueCatalog queues)
{
    private const string ManagementSuffix = "/$management";
    private const string TokenNode = "$cbs";

    public AmqpLink Resolve(AmqpConnection connection, AmqpSession session, Attach attach)
    {
        // The role is the client's: true receives.
        if (!attach.Role && attach.Target is Coordinator)
        {
            return new CoordinatorLink(session, attach);
        }

        var address = attach.Role ? (attach.Source as Source)?.Address : (attach.Target as Target)?.Address;
        if (address is null)
        {
            return new RefusedLink(session, attach, attach.Role || attach.Target is null
                ? Conditions.Create(Conditions.NotFound, "The link names no address.")
                : Conditions.Create(Conditions.NotImplemented, "Anonymous senders are not supported."));
        }

        var name = NameIn(address);
        if (name.Equals(TokenNode, StringComparison.OrdinalIgnoreCase))
        {
            return attach.Role ? new ReplyLink(session, attach, TokenNode) : new RequestLink(session, attach, TokenNode, new TokenRequests());
        }

        if (name.EndsWith(ManagementSuffix, StringComparison.OrdinalIgnoreCase) && queues.Find(name[..^ManagementSuffix.Length]) is { } managed)
        {
            var node = managed.Name + ManagementSuffix;
            return attach.Role ? new ReplyLink(session, attach, node) : new RequestLink(session, attach, node, new ManagementRequests(managed, connection));
        }

        if (queues.Find(name) is not { } queue)
        {
            return new RefusedLink(session, attach, Conditions.Create(Conditions.NotFound, $"The messaging entity '{name}' could not be found."));
        }

        if (attach.Role)
        {
            return new QueueOutboundLink(session, attach, queue);
        }

        return queue.IsDeadLetterQueue
            ? new RefusedLink(session, attach, Conditions.Create(Conditions.NotAllowed, "Nobody can send to a dead-letter queue."))
            : new QueueInboundLink(session, attach, queue);
    }

    /// <summary>Clients write the address plain, with a leading slash or as a URI.</summary>
    private static string NameIn(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var path = address.IndexOf('/', scheme + 3);
            address = path < 0 ? string.Empty : address[path..];
        }

        return address.Trim('/');
    }
}
