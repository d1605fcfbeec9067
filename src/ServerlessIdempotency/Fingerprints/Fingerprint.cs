using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace ServerlessIdempotency.Fingerprints;

/// <summary>
/// SHA-256 of what a request means. The same key with another fingerprint is a mismatch: it never runs and never replays (law 7).
/// </summary>
/// <param name="Value">43 characters of base64url.</param>
public readonly record struct Fingerprint(string Value)
{
    /// <summary>
    /// The fingerprint of a JSON request: member order, whitespace and the way a number or a string is written do not matter.
    /// </summary>
    /// <param name="operation">What is asked for: a named operation, or HTTP method and path.</param>
    /// <param name="utf8Json">The arguments. Empty counts as no arguments.</param>
    /// <exception cref="FormatException">The text is not JSON, has a member twice or nests deeper than 64.</exception>
    public static Fingerprint FromJson(string operation, ReadOnlyMemory<byte> utf8Json)
    {
        var canonical = new ArrayBufferWriter<byte>(utf8Json.Length + 16);
        if (!utf8Json.IsEmpty)
        {
            CanonicalJson.Write(utf8Json, canonical);
        }

        return Compute(operation, "json", canonical.WrittenSpan);
    }

    /// <summary>The fingerprint of a request whose body is not JSON: every byte counts.</summary>
    /// <param name="operation">What is asked for: a named operation, or HTTP method and path.</param>
    /// <param name="body">The arguments as they came.</param>
    public static Fingerprint FromBytes(string operation, ReadOnlySpan<byte> body) => Compute(operation, "bytes", body);

    private static Fingerprint Compute(string operation, string kind, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(operation);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Keys.OperationHash.Compute("fingerprint", operation, kind));
        hash.AppendData(content);
        return new Fingerprint(Base64Url.EncodeToString(hash.GetHashAndReset()));
    }
}
