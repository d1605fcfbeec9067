using System.Globalization;

namespace ServerlessIdempotency.Fingerprints;

/// <summary>Numbers of JSON by their exact decimal value, never as floating point.</summary>
internal static class CanonicalNumber
{
    // Beyond this many digits the power of ten is the shorter text.
    private const int MaxPlainDigits = 40;

    /// <summary>A number as significant digits and a power of ten: 1.50, 15e-1 and 0.15E+1 are all <c>15E-1</c>.</summary>
    /// <exception cref="CanonicalJsonException">The exponent is out of range.</exception>
    public static string Normalize(string number)
    {
        var (sign, digits, exponent) = Parse(number);
        return digits.Length == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{sign}{digits}E{exponent}");
    }

    /// <summary>A number as people write it: 1000, 1000.0 and 1e3 are all <c>1000</c>, and 1.50 is <c>1.5</c>.</summary>
    /// <exception cref="CanonicalJsonException">The exponent is out of range.</exception>
    public static string ToPlainText(string number)
    {
        var (sign, digits, exponent) = Parse(number);
        return digits.Length == 0
            ? "0"
            : exponent is < -MaxPlainDigits or > MaxPlainDigits
                ? string.Create(CultureInfo.InvariantCulture, $"{sign}{digits}E{exponent}")
                : exponent >= 0
                    ? sign + digits + new string('0', (int)exponent)
                    : digits.Length > -exponent
                        ? $"{sign}{digits[..(int)(digits.Length + exponent)]}.{digits[(int)(digits.Length + exponent)..]}"
                        : $"{sign}0.{new string('0', (int)(-exponent - digits.Length))}{digits}";
    }

    private static (string Sign, string Digits, long Exponent) Parse(string number)
    {
        var exponentAt = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        long exponent = 0;
        if (exponentAt >= 0 && (!long.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            || exponent is > long.MaxValue / 2 or < long.MinValue / 2))
        {
            throw new CanonicalJsonException($"The exponent of the number {number[..Math.Min(40, number.Length)]} is out of range.");
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var significant = digits.TrimEnd('0');
        return (mantissa.StartsWith('-') ? "-" : "", significant, exponent - decimals + (digits.Length - significant.Length));
    }
}
