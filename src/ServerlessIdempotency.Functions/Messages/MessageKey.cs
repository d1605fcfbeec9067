using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.Messages;

/// <summary>Reads the key of a message.</summary>
internal static class MessageKey
{
    /// <returns>Null where the message has none.</returns>
    /// <exception cref="System.Text.Json.JsonException">The key is in the body, and the body is not JSON.</exception>
    public static IdempotencyKey? Of(ReceivedMessage message, KeySource source)
    {
        var text = source switch
        {
            KeySource.Body body => body.Path.Find(message.Body),
            KeySource.Property property => PropertyOf(message, property.Name),
            _ => message.MessageId,
        };
        return string.IsNullOrEmpty(text) ? null : ToKey(text);
    }

    public static string? PropertyOf(ReceivedMessage message, string name) =>
        message.Properties.TryGetValue(name, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    // Publishers' ids may hold spaces or other letters; those that could also come by HTTP stay as they are, so that both name the same operation.
    private static IdempotencyKey ToKey(string text) =>
        text.Length <= IdempotencyKey.MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? IdempotencyKey.Create(text)
            : IdempotencyKey.Create($"sha256-{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}");
}
