using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>
/// The caller's name in a scope. Each kind has a prefix and each part its length, so that no two callers share a name: a user who is called "anonymous" is not the anonymous
/// caller.
/// </summary>
internal static class RequestPrincipal
{
    public const string Anonymous = "anonymous";

    private const string MappedObjectId = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string MappedTenantId = "http://schemas.microsoft.com/identity/claims/tenantid";

    // Claims that stay the same from token to token, in the order in which they are looked for. An id of an object or a subject is unique only within its issuer
    // (OpenID Connect Core 1.0, section 5.7), and an application is told from a user of the same id by the claim's name.
    private static readonly string[][] Identifying =
    [
        ["sub", ClaimTypes.NameIdentifier],
        ["oid", MappedObjectId],
        ["client_id"],
        ["azp"],
        ["appid"],
    ];

    /// <returns>Null where the caller is authenticated and no claim says who it is.</returns>
    public static string? Of(HttpContext context)
    {
        if (context.User.Identities.FirstOrDefault(identity => identity.IsAuthenticated) is not { } identity)
        {
            return Anonymous;
        }

        return Of(identity, context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme ?? "");
    }

    /// <returns>Null where no claim says who it is.</returns>
    public static string? Of(ClaimsIdentity identity, string scheme)
    {
        foreach (var names in Identifying)
        {
            if (names.Select(identity.FindFirst).FirstOrDefault(claim => claim is { Value.Length: > 0 }) is { } claim)
            {
                var tenant = names[0] == "oid" ? (identity.FindFirst("tid") ?? identity.FindFirst(MappedTenantId))?.Value ?? "" : "";
                return Join(names[0], scheme, claim.Issuer, tenant, claim.Value);
            }
        }

        return identity.Name is { Length: > 0 } name ? Join("name", scheme, identity.FindFirst(identity.NameClaimType)?.Issuer ?? "", "", name) : null;
    }

    private static string Join(string kind, params ReadOnlySpan<string> parts)
    {
        var text = kind;
        foreach (var part in parts)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"{text}:{part.Length}:{part}");
        }

        return text;
    }
}
