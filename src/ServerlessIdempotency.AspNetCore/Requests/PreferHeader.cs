using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Reads <c>wait</c> from the preferences of RFC 7240. What is malformed is ignored, as the standard asks.</summary>
internal static class PreferHeader
{
    /// <returns>Whole seconds, at most <paramref name="cap"/>; zero where no wait is asked for.</returns>
    public static int ReadWait(HttpRequest request, TimeSpan cap)
    {
        foreach (var line in request.Headers[IdempotencyHeaders.Prefer])
        {
            foreach (var preference in Split(line ?? "", ','))
            {
                // Parameters after a semicolon are no part of the preference's value.
                var parts = Split(preference, ';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
                if (parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase))
                {
                    // Of a preference that comes twice the first counts (section 2).
                    return parts.Length == 2 ? Math.Min(Seconds(parts[1]), (int)cap.TotalSeconds) : 0;
                }
            }
        }

        return 0;
    }

    private static int Seconds(string value)
    {
        var digits = value.Length > 2 && value[0] == '"' && value[^1] == '"' ? value.AsSpan(1, value.Length - 2) : value;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return 0;
        }

        return int.TryParse(digits, out var seconds) ? seconds : int.MaxValue;
    }

    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        var isQuoted = false;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && isQuoted)
            {
                index++;
            }
            else if (text[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[index] == separator && !isQuoted)
            {
                parts.Add(text[start..index].Trim());
                start = index + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return parts;
    }
}
