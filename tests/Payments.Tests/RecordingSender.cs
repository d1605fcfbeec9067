using System.Collections.Concurrent;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;

namespace Payments.Tests;

/// <summary>A broker that takes everything and delivers when it is told to.</summary>
internal sealed class RecordingSender : IMessageSender
{
    public ConcurrentQueue<OutboundMessage> Sent { get; } = [];

    /// <summary>Why it takes nothing; null where it does.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether it can't be reached.</summary>
    public bool IsAway { get; set; }

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            return Task.FromResult<SendOutcome>(new SendOutcome.Unavailable("No connection."));
        }

        if (Refusal is { } refusal)
        {
            return Task.FromResult<SendOutcome>(new SendOutcome.Refused(refusal));
        }

        Sent.Enqueue(message);
        return Task.FromResult<SendOutcome>(new SendOutcome.Sent());
    }

    public static InboundMessage ToInbound(OutboundMessage message, int deliveryCount = 1) => new(message.Body)
    {
        MessageId = message.MessageId,
        SessionId = message.SessionId,
        Subject = message.Subject,
        ContentType = message.ContentType,
        DeliveryCount = deliveryCount,
    };
}
