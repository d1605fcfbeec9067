using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Orders;

/// <summary>
/// An order's id: <c>ord_</c>, two hex digits of its shard and 22 characters of the hash of merchant, user and reference. The same order has the same id
/// whoever computes it and however often, so the store itself keeps it unique; and whoever has the id knows the partition.
/// </summary>
internal readonly partial record struct OrderId
{
    private const string Prefix = "ord_";
    private const int HashLength = 22;
    private const string RowKeyPrefix = "order|";

    private OrderId(string value) => Value = value;

    public string Value { get; }

    public byte Shard => byte.Parse(Value.AsSpan(Prefix.Length, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public string RowKey => RowKeyPrefix + Value[(Prefix.Length + 2)..];

    public static OrderId Of(MerchantId merchant, byte shard, string userId, string orderReference)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{merchant.Value}|{userId.Length}:{userId}|{orderReference}");
        var hash = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return new OrderId(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{shard:x2}{hash.AsSpan(0, HashLength)}"));
    }

    public static bool TryParse(string? text, out OrderId id)
    {
        var isId = text is not null && Pattern().IsMatch(text);
        id = isId ? new OrderId(text!) : default;
        return isId;
    }

    public PartitionAddress PartitionOf(MerchantId merchant) => OrderPartition.Of(merchant, Shard);

    public override string ToString() => Value;

    [GeneratedRegex(@"\Aord_[0-9a-f]{2}[A-Za-z0-9_-]{22}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
