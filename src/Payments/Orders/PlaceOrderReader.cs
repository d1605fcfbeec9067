using System.Text.Json;
using System.Text.RegularExpressions;
using Payments.Currencies;
using Payments.Json;
using Payments.Numbers;
using Payments.Stock;

namespace Payments.Orders;

/// <summary>Reads an order and says everything that is wrong with it, field by field, before anything is claimed. Members that it does not know are refused.</summary>
internal static partial class PlaceOrderReader
{
    // What one saga can reserve step by step within its time, and what fits into one row with room to spare.
    private const int MaxLines = 20;

    private const long MaxQuantity = 1_000_000;

    /// <exception cref="JsonException">The text is not JSON, has a member twice, or has a name that is no text.</exception>
    public static (PlaceOrderCommand? Command, IReadOnlyDictionary<string, string[]> Errors) Read(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = StrictJson.Parse(utf8Json);
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            errors[""] = ["The body must be a JSON object with userId, orderReference, items, currency, accountId and paymentMethod."];
            return (null, errors);
        }

        var texts = new Dictionary<string, string>();
        List<OrderItem>? items = null;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            switch (member.Name)
            {
                case "userId" or "orderReference":
                    ReadText(member, NamePattern(), "1 to 128 characters without control characters");
                    break;
                case "accountId":
                    ReadText(member, AccountIdPattern(), "1 to 64 letters, digits, dots, hyphens and underscores");
                    break;
                case "paymentMethod":
                    ReadText(member, PaymentMethodPattern(), "1 to 64 letters, digits, hyphens and underscores");
                    break;
                case "currency" when StrictJson.TextOf(member.Value) is { } code && Currency.DecimalsOf(code) is not null:
                    texts["currency"] = code;
                    break;
                case "currency":
                    errors["currency"] = ["Must be the alphabetic code of an ISO 4217 currency in capitals, for example EUR."];
                    break;
                case "items":
                    items = ReadItems(member.Value, errors);
                    break;
                default:
                    errors[member.Name.Length <= 64 ? member.Name : member.Name[..64] + "…"] =
                        ["There is no such member: send userId, orderReference, items, currency, accountId and paymentMethod."];
                    break;
            }
        }

        foreach (var name in new[] { "userId", "orderReference", "currency", "accountId", "paymentMethod" })
        {
            if (!texts.ContainsKey(name))
            {
                errors.TryAdd(name, ["Required."]);
            }
        }

        if (items is null && !errors.Keys.Any(key => key.StartsWith("items", StringComparison.Ordinal)))
        {
            errors["items"] = ["Required."];
        }

        return errors.Count == 0
            ? (new PlaceOrderCommand(texts["userId"], texts["orderReference"], items!, texts["currency"], texts["accountId"], texts["paymentMethod"]), errors)
            : (null, errors);

        void ReadText(JsonProperty member, Regex pattern, string allowed)
        {
            if (StrictJson.TextOf(member.Value) is { } text && pattern.IsMatch(text))
            {
                texts[member.Name] = text;
            }
            else
            {
                errors[member.Name] = [$"Must be a string of {allowed}."];
            }
        }
    }

    private static List<OrderItem>? ReadItems(JsonElement value, SortedDictionary<string, string[]> errors)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is < 1 or > MaxLines)
        {
            errors["items"] = [$"Must be a list of 1 to {MaxLines} lines, each with sku, quantity and unitPrice."];
            return null;
        }

        var items = new List<OrderItem>();
        decimal total = 0;
        foreach (var (index, line) in value.EnumerateArray().Index())
        {
            if (ReadItem(line) is not { } item)
            {
                errors[$"items[{index}]"] = [$"Must be an object with sku (1 to 64 letters, digits, dots, hyphens and underscores), quantity (1 to {MaxQuantity}) and unitPrice (minor units, 0 at least), and nothing else."];
                continue;
            }

            if (items.Exists(other => other.Sku == item.Sku))
            {
                errors[$"items[{index}].sku"] = ["Each thing may be listed once: add the quantities up."];
            }

            items.Add(item);
            total += (decimal)item.Quantity * item.UnitPrice;
        }

        if (errors.Count == 0 && total is < 1 or > long.MaxValue)
        {
            errors["items"] = [$"Must come to a total of 1 to {long.MaxValue} minor units."];
        }

        return items;
    }

    private static OrderItem? ReadItem(JsonElement line)
    {
        string? sku = null;
        long? quantity = null, unitPrice = null;
        if (line.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in line.EnumerateObject())
        {
            switch (member.Name)
            {
                case "sku" when Sku.TryParse(StrictJson.TextOf(member.Value), out var name):
                    sku = name.Value;
                    break;
                case "quantity" when WholeNumber.Of(member.Value) is >= 1 and <= MaxQuantity and var number:
                    quantity = number;
                    break;
                case "unitPrice" when WholeNumber.Of(member.Value) is >= 0 and var number:
                    unitPrice = number;
                    break;
                default:
                    return null;
            }
        }

        return sku is not null && quantity is not null && unitPrice is not null ? new OrderItem(sku, quantity.Value, unitPrice.Value) : null;
    }

    [GeneratedRegex(@"\A[^\p{Cc}]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountIdPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PaymentMethodPattern();
}
