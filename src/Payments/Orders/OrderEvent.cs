using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Partitions;
using Payments.Queues;
using ServerlessIdempotency.Outbox;

namespace Payments.Orders;

/// <summary>An order's end, as a CloudEvent 1.0 in structured mode. Its id derives from order and type alone, so whoever sends it again sends the same one.</summary>
internal sealed record OrderEvent
{
    public const string Confirmed = "order.confirmed";
    public const string Cancelled = "order.cancelled";

    private const string ContentType = "application/cloudevents+json";

    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    public required string Id { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    public required OrderEventData Data { get; init; }

    public static OutboxMessage ToMessage(string type, OrderSagaInput order, string? reason, DateTimeOffset at)
    {
        var merchant = MerchantId.Of(order.Principal);
        var change = new OrderEvent
        {
            Id = $"{order.OrderId}.{type}",
            Source = $"/merchants/{merchant.Value}/orders",
            Type = type,
            Subject = order.OrderId,
            Time = at,
            Data = new OrderEventData(order.OrderId, merchant.Value, order.Command.UserId, order.Command.OrderReference, order.Command.Total(), order.Command.Currency, reason),
        };
        return new OutboxMessage(PaymentsQueues.Orders, JsonSerializer.SerializeToUtf8Bytes(change, OrdersJsonContext.Default.OrderEvent))
        {
            MessageId = change.Id,
            SessionId = order.OrderId,
            ContentType = ContentType,
            Subject = type,
        };
    }
}
