using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;
