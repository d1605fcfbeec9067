using System.Globalization;
using System.Text.RegularExpressions;
using ServerlessIdempotency.Execution;

namespace Payments.Partitions;

/// <summary>
/// A payment's id: <c>pay_</c>, two hex digits of its shard and 22 characters of the operation that made it. It is the same on every attempt of
/// that operation, and whoever has it knows the partition.
/// </summary>
internal readonly partial record struct PaymentId
{
    private const string Prefix = "pay_";

    // 22 characters of base64url are 132 bits: no two operations ever share them.
    private const int HashLength = 22;

    private PaymentId(string value) => Value = value;

    public string Value { get; }

    public byte Shard => byte.Parse(Value.AsSpan(Prefix.Length, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static PaymentId For(OperationContext context) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{PaymentPartition.Of(context.Partition).Shard:x2}{context.OperationHash.AsSpan(0, HashLength)}"));

    /// <summary>Reads what a user sent. Nothing that fails here ever becomes part of a key.</summary>
    public static bool TryParse(string? text, out PaymentId id)
    {
        var isId = text is not null && Pattern().IsMatch(text);
        id = isId ? new PaymentId(text!) : default;
        return isId;
    }

    public override string ToString() => Value;

    [GeneratedRegex(@"\Apay_[0-9a-f]{2}[A-Za-z0-9_-]{22}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
