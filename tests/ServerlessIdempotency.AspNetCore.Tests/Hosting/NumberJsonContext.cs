using System.Text.Json.Serialization;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

[JsonSerializable(typeof(int))]
internal sealed partial class NumberJsonContext : JsonSerializerContext;
