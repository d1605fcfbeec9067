using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>The one form of a query: decoded, ordered by name in any letter case, values of one name in the order in which they came: <c>?a=1&amp;A=2</c> is two values of one name to a binder.</summary>
internal static class RequestQuery
{
    /// <param name="query">The query.</param>
    /// <param name="ignored">The names of parameters to leave out.</param>
    /// <param name="credential">One more.</param>
    /// <returns>The query with its question mark, or nothing where it is empty.</returns>
    public static string Canonicalize(QueryString query, ISet<string> ignored, string? credential = null)
    {
        if (!query.HasValue)
        {
            return "";
        }

        var parameters = new List<(string Name, string Value)>();
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            var name = pair.DecodeName().ToString();
            if (!ignored.Contains(name) && !name.Equals(credential, StringComparison.OrdinalIgnoreCase))
            {
                parameters.Add((name, pair.DecodeValue().ToString()));
            }
        }

        var text = new StringBuilder();
        foreach (var (name, value) in parameters.OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase))
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name.ToUpperInvariant())).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }
}
