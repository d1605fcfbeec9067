using System.Globalization;
using ServerlessIdempotency.Rows;

namespace Payments.Partitions;

/// <summary>One merchant's shard: the partition <c>{merchant}~{shard}</c>, where a payment, its ledger and the records of its operations live.</summary>
/// <param name="Merchant">Whose payments.</param>
/// <param name="Shard">0 to 255.</param>
internal readonly record struct PaymentPartition(MerchantId Merchant, byte Shard)
{
    public PartitionAddress Address => new(PaymentsTables.Payments, string.Create(CultureInfo.InvariantCulture, $"{Merchant.Value}~{Shard:x2}"));

    public static PaymentPartition Of(PartitionAddress address)
    {
        var split = address.PartitionKey.LastIndexOf('~');
        return new PaymentPartition(
            new MerchantId(address.PartitionKey[..split]),
            byte.Parse(address.PartitionKey.AsSpan(split + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }
}
