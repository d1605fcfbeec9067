using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Sagas;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SagaSnapshot))]
[JsonSerializable(typeof(SagaWakeUp))]
internal sealed partial class SagaJsonContext : JsonSerializerContext;
