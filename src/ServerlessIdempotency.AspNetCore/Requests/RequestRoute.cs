using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>
/// The resource that a request names: the route's literals in one letter case, as routing compares them, and the values of its parameters exactly as they were sent, in braces.
/// Names and constraints of parameters are no part of it, so renaming one runs nothing again.
/// </summary>
internal static class RequestRoute
{
    public static string Of(HttpRequest request)
    {
        if (request.HttpContext.GetEndpoint() is not RouteEndpoint endpoint)
        {
            // Without routing only the app knows what is one resource.
            return request.PathBase.Add(request.Path).ToUriComponent();
        }

        // The host is a part of the route only where routing looks at it.
        var text = new StringBuilder();
        if (endpoint.Metadata.GetMetadata<IHostMetadata>() is { Hosts.Count: > 0 })
        {
            text.Append("//").Append(request.Host.ToUriComponent().ToLowerInvariant());
        }

        text.Append(request.PathBase.ToUriComponent().ToLowerInvariant());
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            var start = text.Length;
            text.Append('/');
            foreach (var part in segment.Parts)
            {
                Append(text, part, endpoint.RoutePattern, request.RouteValues);
            }

            if (text.Length == start + 1)
            {
                // An optional parameter that was left out.
                text.Length = start;
            }
        }

        return text.Length == 0 ? "/" : text.ToString();
    }

    /// <summary>The values of the route's parameters, in its order.</summary>
    public static IEnumerable<string> ValuesOf(HttpRequest request) => request.HttpContext.GetEndpoint() is RouteEndpoint endpoint
        ? endpoint.RoutePattern.Parameters
            .Where(parameter => !endpoint.RoutePattern.RequiredValues.ContainsKey(parameter.Name))
            .Select(parameter => ValueOf(request.RouteValues, parameter.Name))
        : [];

    public static string ValueOf(RouteValueDictionary values, string name) => Convert.ToString(values[name], CultureInfo.InvariantCulture) ?? "";

    private static void Append(StringBuilder text, RoutePatternPart part, RoutePattern pattern, RouteValueDictionary values)
    {
        switch (part)
        {
            case RoutePatternLiteralPart literal:
                text.Append(Uri.EscapeDataString(literal.Content.ToLowerInvariant()));
                break;
            case RoutePatternSeparatorPart separator:
                text.Append(separator.Content);
                break;
            case RoutePatternParameterPart parameter when ValueOf(values, parameter.Name) is { Length: > 0 } value:
                // Controller and action names are literals that happen to stand in parameters.
                text.Append(pattern.RequiredValues.ContainsKey(parameter.Name) ? Uri.EscapeDataString(value.ToLowerInvariant()) : $"{{{Uri.EscapeDataString(value)}}}");
                break;
        }
    }
}
