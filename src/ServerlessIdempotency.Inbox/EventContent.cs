using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Inbox;

/// <summary>
/// What a message says, so that a copy of an event is told from another event under the same id: of a CloudEvent its type, subject and data, of another message its subject and
/// body. JSON is compared by what it says, since a sender may write it in another way the second time.
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
            ? Of(OperationHash.ComputeText("message", message.Subject ?? ""), message.Body, CloudEventReader.IsJson(message.ContentType))
            : Of(OperationHash.ComputeText("cloud-event", cloudEvent.Type, cloudEvent.Subject ?? ""), cloudEvent.Data, CloudEventReader.IsJson(cloudEvent.DataContentType));
    }

    private static Fingerprint Of(string about, ReadOnlyMemory<byte> body, bool isJson)
    {
        try
        {
            return isJson ? Fingerprint.FromJson(about, body) : Fingerprint.FromBytes(about, body.Span);
        }
        catch (FormatException)
        {
            // It only says that it is JSON: every byte counts.
            return Fingerprint.FromBytes(about, body.Span);
        }
    }
}
