using System.Text.Json;
using System.Text.RegularExpressions;
using Payments.Currencies;
using Payments.Json;
using Payments.Numbers;

namespace Payments.Creating;

/// <summary>
/// Reads an order to make a payment and says everything that is wrong with it, field by field, before anything is claimed. Members that it does
/// not know are refused: a misspelt <c>captur</c> must not take money that was to be reserved.
/// </summary>
internal static partial class CreatePaymentReader
{
    /// <exception cref="JsonException">The text is not JSON, has a member twice, or has a name that is no text.</exception>
    public static (CreatePaymentCommand? Command, IReadOnlyDictionary<string, string[]> Errors) Read(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = StrictJson.Parse(utf8Json);
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors[""] = ["The body must be a JSON object with accountId, amount, currency and paymentMethod."];
            return (null, errors);
        }

        string? accountId = null, currency = null, paymentMethod = null;
        long? amount = null;
        var capture = true;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var fault = member.Name switch
            {
                "accountId" => ReadText(member.Value, AccountIdPattern(), "1 to 64 letters, digits, dots, hyphens and underscores", out accountId),
                "amount" => ReadAmount(member.Value, out amount),
                "currency" => ReadCurrency(member.Value, out currency),
                "paymentMethod" => ReadText(member.Value, PaymentMethodPattern(), "1 to 64 letters, digits, hyphens and underscores", out paymentMethod),
                "capture" => ReadCapture(member.Value, ref capture),
                _ => "There is no such member: send accountId, amount, currency, paymentMethod and, where it is not true, capture.",
            };
            if (fault is not null)
            {
                errors[NameFor(member.Name)] = [fault];
            }
        }

        RequireMember("accountId", accountId);
        RequireMember("amount", amount);
        RequireMember("currency", currency);
        RequireMember("paymentMethod", paymentMethod);
        return errors.Count == 0
            ? (new CreatePaymentCommand(accountId!, amount!.Value, currency!, paymentMethod!, capture), errors)
            : (null, errors);

        void RequireMember(string name, object? value)
        {
            if (value is null && !errors.ContainsKey(name))
            {
                errors[name] = ["Required."];
            }
        }
    }

    // What a caller wrote is not echoed at any length.
    private static string NameFor(string member) => member.Length <= 64 ? member : member[..64] + "…";

    private static string? ReadText(JsonElement value, Regex pattern, string allowed, out string? text)
    {
        text = StrictJson.TextOf(value);
        if (text is not null && pattern.IsMatch(text))
        {
            return null;
        }

        text = null;
        return $"Must be a string of {allowed}.";
    }

    private static string? ReadAmount(JsonElement value, out long? amount)
    {
        amount = WholeNumber.Of(value) is >= 1 and var number ? number : null;
        return amount is null ? $"Must be a whole number of minor units (cents, say) from 1 to {long.MaxValue}." : null;
    }

    private static string? ReadCurrency(JsonElement value, out string? currency)
    {
        currency = StrictJson.TextOf(value) is { } code && Currency.DecimalsOf(code) is not null ? code : null;
        return currency is null ? "Must be the alphabetic code of an ISO 4217 currency in capitals, for example EUR." : null;
    }

    private static string? ReadCapture(JsonElement value, ref bool capture)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return "Must be true or false.";
        }

        capture = value.GetBoolean();
        return null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountIdPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PaymentMethodPattern();
}
