using System.Globalization;
using Payments.Orders;

namespace Payments.Parked;

/// <summary>The name of one parking of one order: <c>{order id}.{parking}</c>. An order that is parked again gets another.</summary>
internal readonly record struct ParkedId(OrderId Order, long Parking)
{
    public static bool TryParse(string? text, out ParkedId id)
    {
        id = default;
        var split = text?.LastIndexOf('.') ?? -1;
        if (split < 0
            || !OrderId.TryParse(text![..split], out var order)
            || !long.TryParse(text.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parking))
        {
            return false;
        }

        id = new ParkedId(order, parking);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Order}.{Parking}");
}
