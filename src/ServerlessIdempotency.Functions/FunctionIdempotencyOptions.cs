using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Functions;

/// <summary>What is special to function apps. It binds from configuration: <c>builder.UseIdempotency(o => configuration.GetSection("Idempotency:Functions").Bind(o))</c>.</summary>
public sealed class FunctionIdempotencyOptions
{
    /// <summary>
    /// Names for function keys, by the key's SHA-256 in lower-case hex: the name is the caller's principal, so a key can be rotated without its caller losing its
    /// results. A key without a name is a principal of its own. Default none.
    /// </summary>
    public IDictionary<string, string> KeyNames { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Idempotency:Functions").ForEach(
        KeyNames.Where(key => key.Key.Length != 64 || !key.Key.All(char.IsAsciiHexDigit) || string.IsNullOrWhiteSpace(key.Value)),
        key => $"KeyNames has '{key.Key}': give the key's SHA-256 as 64 hex digits and a name that is not empty.");
}
