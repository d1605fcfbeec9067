using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>The caller's name in a scope. The kinds have prefixes, so that a user who is called "anonymous" is not the anonymous caller.</summary>
internal static class RequestPrincipal
{
    public const string Anonymous = "anonymous";

    public static string Of(HttpContext context)
    {
        var identity = context.User.Identities.FirstOrDefault(identity => identity.IsAuthenticated);
        if ((identity?.FindFirst(ClaimTypes.NameIdentifier) ?? identity?.FindFirst("sub")) is { } subject)
        {
            // A subject is unique only within its issuer (OpenID Connect Core 1.0, section 5.7). The length keeps the two parts apart.
            return string.Create(CultureInfo.InvariantCulture, $"sub:{subject.Issuer.Length}:{subject.Issuer}:{subject.Value}");
        }

        return identity?.Name is { Length: > 0 } name ? $"name:{name}" : Anonymous;
    }
}
