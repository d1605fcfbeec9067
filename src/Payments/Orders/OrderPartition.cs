using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Orders;

/// <summary>
/// The partition <c>{merchant}~{shard}</c> of the orders' table. The user chooses the shard, not the key: so an order, its saga and every record of placing it share
/// a partition, and a key that its user sends with two different orders meets its own record.
/// </summary>
internal static class OrderPartition
{
    public static PartitionAddress Of(MerchantId merchant, byte shard) =>
        new(PaymentsTables.Orders, string.Create(CultureInfo.InvariantCulture, $"{merchant.Value}~{shard:x2}"));

    public static byte ShardOf(MerchantId merchant, string userId, PaymentsOptions options)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{merchant.Value}|{userId}"));
        return (byte)(BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)options.ShardCount);
    }
}
