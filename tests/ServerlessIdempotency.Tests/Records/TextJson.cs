using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Tests.Records;

[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;
