using System.Security.Cryptography;
using System.Text;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Accounts;

/// <summary>One account of one merchant: the partition <c>{merchant}~{account's hash}</c>, where its statement and the events applied to it live.</summary>
internal static class AccountPartition
{
    private const int HashBytes = 16;

    public static PartitionAddress Of(MerchantId merchant, string accountId) => new(
        PaymentsTables.Accounts,
        $"{merchant.Value}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accountId)).AsSpan(0, HashBytes))}");
}
