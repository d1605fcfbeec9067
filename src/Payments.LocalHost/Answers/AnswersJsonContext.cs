using System.Text.Json.Serialization;

namespace Payments.LocalHost.Answers;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusProblem))]
internal sealed partial class AnswersJsonContext : JsonSerializerContext;
