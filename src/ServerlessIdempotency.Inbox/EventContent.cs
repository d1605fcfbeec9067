using System.Text;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Inbox;

/// <summary>
/// What a message says, so that a copy of an event is told from another event under the same id: of a CloudEvent its type, subject and data, of another message its subject and
/// body. JSON is compared by what it says, since a sender may write it in another way the second time; where nothing says what a body is, an object or a list is JSON.
/// </summary>
internal static class EventContent
{
    public static Fingerprint Of(InboxDelivery delivery, CloudEvent? cloudEvent)
    {
        if (delivery.Fingerprint is { } given)
        {
            return given;
        }

        var message = delivery.Message;
        return cloudEvent is null
            ? Of(OperationHash.ComputeText("message", message.Subject ?? ""), message.Body, message.ContentType is { } type ? CloudEventReader.IsJson(type) : LooksLikeJson(message.Body))
            : Of(OperationHash.ComputeText("cloud-event", cloudEvent.Type, cloudEvent.Subject ?? ""), cloudEvent.Data, CloudEventReader.IsJson(cloudEvent.DataContentType));
    }

    // Not so a number or a word: the texts 1.0 and 1 are two texts.
    private static bool LooksLikeJson(ReadOnlyMemory<byte> body) => WithoutMark(body).Span.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    private static Fingerprint Of(string about, ReadOnlyMemory<byte> body, bool isJson)
    {
        try
        {
            return isJson ? Fingerprint.FromJson(about, WithoutMark(body)) : Fingerprint.FromBytes(about, body.Span);
        }
        catch (FormatException)
        {
            // It only says that it is JSON: every byte counts.
            return Fingerprint.FromBytes(about, body.Span);
        }
    }

    // A byte order mark says nothing.
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
}
