using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Payments.Partitions;

/// <summary>The name of a merchant in keys: <c>local</c> where no one signs in, else a hash, so that no principal's text enters a key.</summary>
/// <param name="Value">Lower-case letters and digits.</param>
internal readonly record struct MerchantId(string Value)
{
    private const int HashBytes = 16;

    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdef");

    public static MerchantId Local { get; } = new("local");

    // Callers without an identity: what the HTTP adapter names them.
    private const string Anonymous = "anonymous";

    /// <summary>Reads a name that came from outside. Nothing that fails here ever becomes part of a key.</summary>
    public static bool TryParse(string? text, out MerchantId merchant)
    {
        var isName = text == Local.Value
            || (text is { Length: 1 + (2 * HashBytes) } && text[0] == 'm' && !text.AsSpan(1).ContainsAnyExcept(Characters));
        merchant = isName ? new MerchantId(text!) : default;
        return isName;
    }

    public static MerchantId Of(string principal) => principal == Anonymous
        ? Local
        : new MerchantId("m" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(principal)).AsSpan(0, HashBytes)));
}
