using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Sagas.Tests.Docs;

[JsonSerializable(typeof(Trip))]
[JsonSerializable(typeof(string))]
internal sealed partial class TripJson : JsonSerializerContext;
