using System.Globalization;
using System.Text.Json;

namespace Payments.Numbers;

/// <summary>
/// Whole numbers in JSON. JSON has one kind of number, so 1250, 1250.0 and 1.25e3 are the same one (RFC 8259, section 6), and the same request. They are read by their digits: a type
/// that rounds would take 0.99999999999999999999999999999999 for 1.
/// </summary>
internal static class WholeNumber
{
    // Of 9,223,372,036,854,775,807.
    private const int MaxDigits = 19;

    /// <returns>Null where the value is no number, has a fraction or does not fit.</returns>
    public static long? Of(JsonElement value) =>
        value.ValueKind != JsonValueKind.Number ? null : value.TryGetInt64(out var whole) ? whole : Of(value.GetRawText());

    private static long? Of(string number)
    {
        var exponentAt = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0)
        {
            return 0;
        }

        var power = 0;
        if (exponentAt >= 0 && !int.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
        {
            return null;
        }

        var zeros = (long)power - (point < 0 ? 0 : mantissa.Length - point - 1) + (digits.Length - significant.Length);
        return zeros >= 0 && significant.Length + zeros <= MaxDigits
            && long.TryParse((mantissa[0] == '-' ? "-" : "") + significant + new string('0', (int)zeros), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : null;
    }
}
