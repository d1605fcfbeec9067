namespace ServerlessIdempotency.Rows;

/// <summary>Text of others, such as an error's, as every store takes it.</summary>
internal static class StorableText
{
    /// <summary>Cuts a text to a length, never within a surrogate pair, and replaces what is half of one: a store refuses it, and with it the row that was to tell of the error.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length > most)
        {
            text = text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
        }

        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var whole = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // An enumerated half comes as U+FFFD.
            whole.Append(rune.ToString());
        }

        return whole.ToString();
    }
}
