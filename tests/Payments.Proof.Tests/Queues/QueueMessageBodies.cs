using System.Text;
using Payments.Events;
using Payments.Partitions;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Creating;
using Payments.Queues;
using ServerlessIdempotency.Inbox;

namespace Payments.Proof.Tests.Queues;

/// <summary>Messages as their senders put them into the queues.</summary>
internal static class QueueMessageBodies
{
    /// <summary>A command, whose event's id is the key of the HTTP post.</summary>
    public static InboundMessage Command(string key, string method = "pm_ok") => new(Encoding.UTF8.GetBytes(
        $$"""{"specversion":"1.0","id":"{{key}}","source":"/proof","type":"{{PaymentCommandConsumer.CreateType}}","datacontenttype":"application/json","data":{{PaymentBodies.Of(method)}}}"""))
    {
        MessageId = key,
        ContentType = "application/cloudevents+json",
        Subject = PaymentCommandConsumer.CreateType,
    };

    /// <summary>An event of the payment that there is, without a session: its copies may be taken at once and out of order.</summary>
    public static InboundMessage Event(string type)
    {
        Assert.True(PaymentId.TryParse(Beginning.PaymentName, out var id));
        var message = PaymentEvents.ToMessage(type, id, MerchantId.Local, Ends.Account, Beginning.Amount, "EUR", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new InboundMessage(message.Body) { MessageId = message.MessageId, ContentType = message.ContentType, Subject = message.Subject };
    }
}
