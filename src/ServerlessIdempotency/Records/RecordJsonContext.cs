using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Records;

[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class RecordJsonContext : JsonSerializerContext;
