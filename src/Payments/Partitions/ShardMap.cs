using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ServerlessIdempotency.Keys;

namespace Payments.Partitions;

/// <summary>Chooses a payment's shard by its scope and key, so that every retry and every channel arrives at the same partition.</summary>
internal sealed class ShardMap(PaymentsOptions options)
{
    public PaymentPartition For(OperationScope scope, IdempotencyKey key)
    {
        // The lengths keep ("ab", "c") and ("a", "bc") apart.
        var name = $"{scope.Principal.Length}:{scope.Principal}{scope.Operation.Length}:{scope.Operation}{key.Value}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return new PaymentPartition(MerchantId.Of(scope.Principal), (byte)(BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)options.ShardCount));
    }
}
