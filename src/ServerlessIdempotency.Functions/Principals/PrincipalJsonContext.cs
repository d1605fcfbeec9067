using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Functions.Principals;

[JsonSerializable(typeof(ClientPrincipal))]
internal sealed partial class PrincipalJsonContext : JsonSerializerContext;
