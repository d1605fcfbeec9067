using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessIdempotency.Keys;

/// <summary>SHA-256 over parts of text, each preceded by its length, so that ("ab", "c") and ("a", "bc") differ.</summary>
internal static class OperationHash
{
    public static byte[] Compute(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>43 characters of base64url: safe in row keys, URLs and headers.</summary>
    public static string ComputeText(params ReadOnlySpan<string> parts) => Base64Url.EncodeToString(Compute(parts));
}
