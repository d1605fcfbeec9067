using System.Text.Json;
using Payments.Partitions;
using Payments.Queues;
using ServerlessIdempotency.Outbox;

namespace Payments.Events;

/// <summary>Makes the message of a payment's change. Its id derives from payment and change alone, so whoever sends it again sends the same one.</summary>
internal static class PaymentEvents
{
    private const string ContentType = "application/cloudevents+json";

    public static OutboxMessage ToMessage(string type, PaymentId payment, MerchantId merchant, string accountId, long amount, string currency, DateTimeOffset at)
    {
        var change = new PaymentEvent
        {
            Id = $"{payment.Value}.{type}",
            Source = $"/merchants/{merchant.Value}/payments",
            Type = type,
            Subject = payment.Value,
            Time = at,
            Data = new PaymentEventData(payment.Value, merchant.Value, accountId, amount, currency),
        };
        return new OutboxMessage(PaymentsQueues.PaymentEvents, JsonSerializer.SerializeToUtf8Bytes(change, PaymentEventsJsonContext.Default.PaymentEvent))
        {
            MessageId = change.Id,
            SessionId = SessionOf(merchant, accountId),
            ContentType = ContentType,
            Subject = type,
        };
    }

    /// <summary>One account's messages keep their order. Accounts of two merchants may share a name, so the merchant is part of it.</summary>
    public static string SessionOf(MerchantId merchant, string accountId) => $"{merchant.Value}~{accountId}";
}
