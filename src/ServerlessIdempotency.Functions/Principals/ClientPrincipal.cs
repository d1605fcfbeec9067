using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Functions.Principals;

/// <summary>What App Service authentication writes, in base64, into <c>X-MS-CLIENT-PRINCIPAL</c>.</summary>
internal sealed record ClientPrincipal(
    [property: JsonPropertyName("auth_typ")] string? Provider,
    [property: JsonPropertyName("name_typ")] string? NameType,
    [property: JsonPropertyName("claims")] IReadOnlyList<ClientPrincipalClaim>? Claims);
