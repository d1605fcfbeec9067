using System.Net.Mime;
using ServerlessIdempotency.Inbox;

namespace Payments.Queues;

/// <summary>A message read as the CloudEvent that every queue of the app carries.</summary>
/// <param name="Message">The message, saying of itself that it is one.</param>
/// <param name="Event">The event.</param>
internal sealed record CloudEventMessage(InboundMessage Message, CloudEvent Event)
{
    private const string StructuredJson = "application/cloudevents+json";

    /// <returns>Either the event, or why the message is refused.</returns>
    public static (CloudEventMessage? Read, InboxOutcome.Rejected? Rejection) Read(InboundMessage message)
    {
        // Senders by hand leave the content type out, or say plain JSON: nothing else is sent here, so the body may show what it is.
        if (!CloudEvent.TryRead(message, out var cloudEvent, out var fault) && fault is null && IsPlainJson(message.ContentType))
        {
            message = message with { ContentType = StructuredJson };
            CloudEvent.TryRead(message, out cloudEvent, out fault);
        }

        return (cloudEvent, fault) switch
        {
            ({ } read, _) => (new CloudEventMessage(message, read), null),
            (null, { } malformed) => (null, new InboxOutcome.Rejected(
                RejectionReasons.CloudEventMalformed,
                $"{malformed} Nothing was done. Send it again as a CloudEvent 1.0 in JSON with specversion, id, source, type and data; resubmitting it as it is brings it back here. {CorrectedMessage.Advice}")),
            _ => (null, new InboxOutcome.Rejected(
                RejectionReason.NotACloudEvent,
                $"The content type is '{message.ContentType}'. Nothing was done. Send it again as a CloudEvent 1.0 with the content type {StructuredJson}. {CorrectedMessage.Advice}")),
        };
    }

    private static bool IsPlainJson(string? contentType) =>
        string.IsNullOrEmpty(contentType) || contentType.Split(';')[0].Trim().Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);
}
