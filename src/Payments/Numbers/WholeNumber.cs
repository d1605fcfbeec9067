using System.Text.Json;

namespace Payments.Numbers;

/// <summary>Whole numbers in JSON. JSON has one kind of number, so 1250, 1250.0 and 1.25e3 are the same one (RFC 8259, section 6), and the same request.</summary>
internal static class WholeNumber
{
    /// <returns>Null where the value is no number, has a fraction or does not fit.</returns>
    public static long? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        if (value.TryGetInt64(out var whole))
        {
            return whole;
        }

        return value.TryGetDecimal(out var number) && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;
    }
}
