using System.Text.Json.Serialization;

namespace Payments.Events;

/// <summary>One change of one payment, as a CloudEvent 1.0 in structured mode. Source and id together are its identity.</summary>
internal sealed record PaymentEvent
{
    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    public required string Id { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    public required PaymentEventData Data { get; init; }
}
