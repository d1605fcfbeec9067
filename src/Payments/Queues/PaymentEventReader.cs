using System.Text.Json;
using Payments.Events;
using Payments.Partitions;
using ServerlessIdempotency.Inbox;

namespace Payments.Queues;

/// <summary>Reads what happened to a payment from its CloudEvent.</summary>
internal static class PaymentEventReader
{
    /// <returns>Null where its data is not that of a payment.</returns>
    public static PaymentEvent? Read(CloudEvent cloudEvent)
    {
        try
        {
            var data = JsonSerializer.Deserialize(cloudEvent.Data.Span, PaymentEventsJsonContext.Default.PaymentEventData);
            return data is { Amount: >= 1, AccountId.Length: > 0, PaymentId.Length: > 0, Currency.Length: > 0 } && MerchantId.TryParse(data.Merchant, out _) && cloudEvent.Time is { } time
                ? new PaymentEvent { Id = cloudEvent.Id, Source = cloudEvent.Source, Type = cloudEvent.Type, Subject = cloudEvent.Subject ?? data.PaymentId, Time = time, Data = data }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
