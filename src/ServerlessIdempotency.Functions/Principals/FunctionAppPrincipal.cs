using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

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

    private static readonly string[] SubjectTypes = [ClaimTypes.NameIdentifier, "sub"];

    public string Of(HttpContext context)
    {
        var request = context.Request;
        if (isAuthenticationEnabled && UserOf(request.Headers[UserHeader].ToString()) is { } user)
        {
            return user;
        }

        // In the order in which the host looks, or a second key could stand beside the one that it checked.
        var key = request.Headers.TryGetValue(KeyHeader, out var header) ? header.FirstOrDefault() : request.Query[KeyParameter].FirstOrDefault();
        if (string.IsNullOrEmpty(key))
        {
            return Anonymous;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return keyNames.TryGetValue(hash, out var name) ? $"key-name:{name}" : $"key:{hash}";
    }

    private static string? UserOf(string header)
    {
        if (header.Length == 0)
        {
            return null;
        }

        ClientPrincipal? principal;
        try
        {
            principal = JsonSerializer.Deserialize(Convert.FromBase64String(header), PrincipalJsonContext.Default.ClientPrincipal);
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new BadHttpRequestException($"{UserHeader} can't be read.", exception);
        }

        var claims = principal?.Claims ?? [];
        var subject = Find(SubjectTypes) ?? Find(principal?.NameType ?? ClaimTypes.Name)
            ?? throw new BadHttpRequestException($"{UserHeader} names nobody: it has neither a subject nor a name.");

        // A subject is unique only within its issuer. The length keeps the two parts apart.
        var issuer = Find("iss") ?? principal?.Provider ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"user:{issuer.Length}:{issuer}:{subject}");

        string? Find(params IEnumerable<string> types) => types
            .Select(type => claims.FirstOrDefault(claim => claim.Type == type)?.Value)
            .FirstOrDefault(value => !string.IsNullOrEmpty(value));
    }
}
