using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ServerlessIdempotency.Keys;

/// <summary>
/// The client's name for one logical operation: 1 to 255 visible ASCII characters (0x21 to 0x7E). A UUID v4 is a good one.
/// </summary>
/// <remarks>
/// The HTTP form is that of the IETF draft <c>draft-ietf-httpapi-idempotency-key-header</c>: an RFC 8941 string (<c>"…"</c>). Since many clients send
/// the bare value, that is accepted too; both forms name the same key.
/// </remarks>
public readonly record struct IdempotencyKey
{
    /// <summary>The most characters that a key may have: 255.</summary>
    public const int MaxLength = 255;

    private readonly string? _value;

    private IdempotencyKey(string value) => _value = value;

    /// <summary>The key's text, without quotes.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This key was never given a value: use IdempotencyKey.Create or TryParse.");

    /// <summary>A key from its plain text.</summary>
    /// <exception cref="ArgumentException">The text is empty, longer than 255 characters or has other than visible ASCII characters.</exception>
    public static IdempotencyKey Create(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Fault(value) is { } fault ? throw new ArgumentException(fault, nameof(value)) : new IdempotencyKey(value);
    }

    /// <summary>A fresh random key (UUID v4).</summary>
    public static IdempotencyKey CreateRandom() => new(Guid.NewGuid().ToString());

    /// <summary>Reads a key from a header's value: an RFC 8941 string in quotes, or the bare key. Parameters of the string are no part of the key.</summary>
    /// <param name="header">The header's value.</param>
    /// <param name="key">The key, where the value is well formed.</param>
    /// <param name="fault">Else what is wrong with it, as a sentence for the client.</param>
    public static bool TryParse(string header, out IdempotencyKey key, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(header);
        key = default;
        var value = header.Trim(' ', '\t');
        if (value.StartsWith('"') && !TryUnquote(value, out value))
        {
            fault = "The key starts with a quote but is not a string of RFC 8941: end it with a quote, and write a quote or a backslash inside it as \\\" or \\\\.";
            return false;
        }

        fault = Fault(value);
        if (fault is not null)
        {
            return false;
        }

        key = new IdempotencyKey(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    private static string? Fault(string value) => value.Length switch
    {
        0 => "The key is empty: send 1 to 255 visible ASCII characters, for example a UUID.",
        > MaxLength => $"The key has {value.Length} characters: at most {MaxLength} are allowed.",
        _ when value.AsSpan().ContainsAnyExceptInRange('!', '~') => "The key may only have visible ASCII characters (0x21 to 0x7E), no spaces and no control characters.",
        _ => null,
    };

    private static bool TryUnquote(string quoted, out string value)
    {
        value = quoted;
        var text = new StringBuilder(quoted.Length);
        for (var index = 1; index < quoted.Length; index++)
        {
            switch (quoted[index])
            {
                case '"':
                    value = text.ToString();
                    return StructuredParameters.AreValid(quoted.AsSpan(index + 1));
                case '\\' when index + 1 < quoted.Length && quoted[index + 1] is '"' or '\\':
                    text.Append(quoted[++index]);
                    break;
                case '\\':
                    return false;
                case var character:
                    text.Append(character);
                    break;
            }
        }

        return false;
    }
}
