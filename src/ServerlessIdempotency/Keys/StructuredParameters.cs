namespace ServerlessIdempotency.Keys;

/// <summary>The parameters that may follow an item of RFC 8941, section 3.1.2: <c>;a=1;b="x";c</c>.</summary>
internal static class StructuredParameters
{
    /// <summary>Whether the text is a list of parameters, which may be empty.</summary>
    public static bool AreValid(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] != ';')
            {
                // Not of the standard, but of clients: spaces before the semicolon.
                var trimmed = text.TrimStart(' ');
                if (trimmed.Length == text.Length || trimmed.IsEmpty || trimmed[0] != ';')
                {
                    return false;
                }

                text = trimmed;
            }

            text = text[1..].TrimStart(' ');
            if (!TrySkipKey(ref text) || (!text.IsEmpty && text[0] == '=' && !TrySkipValue(ref text)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySkipKey(ref ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !(char.IsAsciiLetterLower(text[0]) || text[0] == '*'))
        {
            return false;
        }

        var length = 1;
        while (length < text.Length && (char.IsAsciiLetterLower(text[length]) || char.IsAsciiDigit(text[length]) || text[length] is '_' or '-' or '.' or '*'))
        {
            length++;
        }

        text = text[length..];
        return true;
    }

    private static bool TrySkipValue(ref ReadOnlySpan<char> text)
    {
        text = text[1..];
        var length = 0;
        if (!text.IsEmpty && text[0] == '"')
        {
            for (length = 1; length < text.Length && text[length] != '"'; length++)
            {
                length += text[length] == '\\' ? 1 : 0;
            }

            if (length >= text.Length)
            {
                return false;
            }

            length++;
        }
        else
        {
            while (length < text.Length && text[length] is not (';' or ' ' or '"' or ','))
            {
                length++;
            }
        }

        text = text[length..];
        return length > 0;
    }
}
