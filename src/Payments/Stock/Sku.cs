using System.Text.RegularExpressions;

namespace Payments.Stock;

/// <summary>The name of a thing that is sold: 1 to 64 letters, digits, dots, hyphens and underscores, so that it can stand in a key as it is.</summary>
internal readonly partial record struct Sku
{
    private Sku(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out Sku sku)
    {
        var isSku = text is not null && Pattern().IsMatch(text);
        sku = isSku ? new Sku(text!) : default;
        return isSku;
    }

    public override string ToString() => Value;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
