using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>A key that a function reads from a place of its own, not the event's identity: a sender chose it, and could use it twice for different messages.</summary>
internal static class ChosenKey
{
    /// <returns>The key, or why the message has none.</returns>
    public static (string? Text, string? Fault) Find(InboundMessage message, KeySource source)
    {
        switch (source)
        {
            case KeySource.Property property:
                return PropertyOf(message, property.Name);
            case KeySource.Body body:
                try
                {
                    return body.Path.Find(message.Body) is { Length: > 0 } text ? (text, null) : (null, Lacks($"{body.Path.Text} in its body"));
                }
                catch (JsonException exception)
                {
                    return (null, $"The body, which should hold the key, is not JSON: {exception.Message}");
                }

            default:
                throw new NotSupportedException($"A message has no {source.GetType().Name}.");
        }
    }

    /// <returns>The property's exact text, or why the message has none.</returns>
    public static (string? Text, string? Fault) PropertyOf(InboundMessage message, string name)
    {
        try
        {
            return PropertyText.Of(name, message.Properties.GetValueOrDefault(name)) is { Length: > 0 } text ? (text, null) : (null, Lacks($"the application property '{name}'"));
        }
        catch (FormatException exception)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>Publishers' ids may hold spaces or other letters; those that could also come by HTTP stay as they are, so that both name the same operation.</summary>
    public static IdempotencyKey ToKey(string text) => text.Length <= IdempotencyKey.MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? IdempotencyKey.Create(text)
        : IdempotencyKey.Create($"sha256-{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}");

    private static string Lacks(string what) => $"The message has no key: it lacks {what}.";
}
