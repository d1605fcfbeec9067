using System.Collections.Concurrent;
using Amqp;
using ServerlessIdempotency.Outbox;

namespace Payments.LocalHost.Messaging;

/// <summary>Sends the outbox's messages over AMQP, a link for each queue, made again after it was lost.</summary>
internal sealed class AmqpMessageSender(BusConnection connection) : IMessageSender
{
    private readonly ConcurrentDictionary<string, SenderLink> _links = new(StringComparer.Ordinal);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var link = await LinkAsync(message.Queue, cancellationToken);
            await link.SendAsync(BusMessages.ToAmqp(message)).WaitAsync(cancellationToken);
            return new SendOutcome.Sent();
        }
        catch (Exception exception) when (BusFailure.IsOne(exception))
        {
            return BusFailure.ToOutcome(exception);
        }
    }

    private async Task<SenderLink> LinkAsync(string queue, CancellationToken cancellationToken)
    {
        var current = await connection.GetAsync(cancellationToken);
        while (true)
        {
            if (_links.TryGetValue(queue, out var link))
            {
                if (!link.IsClosed && ReferenceEquals(link.Session.Connection, current))
                {
                    return link;
                }

                _links.TryRemove(KeyValuePair.Create(queue, link));
            }

            // Two at once may each make a link; one is kept, and a session that nothing uses costs nothing.
            _links.TryAdd(queue, new SenderLink(new Session(current), $"sender-{Guid.NewGuid():N}", queue));
        }
    }
}
