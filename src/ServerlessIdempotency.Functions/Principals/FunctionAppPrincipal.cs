using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;

namespace ServerlessIdempotency.Functions.Principals;

/// <summary>
/// Who a request of a function app comes from (law 10): the user that App Service authentication names, else the function key that was sent, else nobody in particular.
/// </summary>
/// <remarks>
/// App Service strips its headers from what clients send, but only where its authentication is on. The key's own name does not reach a worker with ASP.NET Core
/// integration (the host sends it in neither the proxied request nor the invocation), so the principal is the key's hash, or the name that the settings give it. A key
/// that nobody checked yields only the principal of whoever knows that key.
/// </remarks>
/// <param name="isAuthenticationEnabled">Whether App Service authentication is on.</param>
/// <param name="keyNames">Names for keys, by the lower-case hex of their SHA-256.</param>
internal sealed class FunctionAppPrincipal(bool isAuthenticationEnabled, IDictionary<string, string> keyNames)
{
    public const string EnabledSetting = "WEBSITE_AUTH_ENABLED";
    public const string UserHeader = "X-MS-CLIENT-PRINCIPAL";
    public const string KeyHeader = "x-functions-key";
    public const string KeyParameter = "code";
    public const string Anonymous = "anonymous";

    /// <returns>Null where somebody is authenticated and nothing says who.</returns>
    public string? Of(HttpContext context)
    {
        var request = context.Request;
        if (isAuthenticationEnabled && request.Headers[UserHeader].ToString() is { Length: > 0 } user)
        {
            return UserOf(user);
        }

        // Authenticated in the worker, by middleware of the app.
        if (context.User.Identities.Any(identity => identity.IsAuthenticated))
        {
            return RequestPrincipal.Of(context);
        }

        // In the order in which the host looks, or a second key could stand beside the one that it checked.
        var key = request.Headers.TryGetValue(KeyHeader, out var header)
            ? header.FirstOrDefault()
            : FunctionKeyPlace.InQueryOf(context) is { } parameter ? request.Query[parameter].FirstOrDefault() : null;
        if (string.IsNullOrEmpty(key))
        {
            return Anonymous;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return keyNames.TryGetValue(hash, out var name) ? $"key-name:{name}" : $"key:{hash}";
    }

    private static string? UserOf(string header)
    {
        ClientPrincipal? principal;
        try
        {
            principal = JsonSerializer.Deserialize(Convert.FromBase64String(header), PrincipalJsonContext.Default.ClientPrincipal);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }

        // As an identity of ASP.NET Core, so that there is one list of claims that say who somebody is.
        var provider = principal?.Provider ?? "";
        var claims = (principal?.Claims ?? []).Where(claim => claim is { Type.Length: > 0, Value.Length: > 0 }).ToList();
        var issuer = claims.FirstOrDefault(claim => claim.Type == "iss")?.Value ?? provider;
        return RequestPrincipal.Of(
            new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type!, claim.Value!, valueType: null, issuer)), provider, principal?.NameType ?? ClaimTypes.Name, roleType: null),
            provider);
    }
}
