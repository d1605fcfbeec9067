using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Functions.Principals;

/// <summary>A claim in <see cref="ClientPrincipal"/>.</summary>
internal sealed record ClientPrincipalClaim(
    [property: JsonPropertyName("typ")] string? Type,
    [property: JsonPropertyName("val")] string? Value);
