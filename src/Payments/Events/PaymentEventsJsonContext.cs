using System.Text.Json.Serialization;

namespace Payments.Events;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PaymentEvent))]
[JsonSerializable(typeof(PaymentEventData))]
internal sealed partial class PaymentEventsJsonContext : JsonSerializerContext;
