using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Inbox;

/// <summary>Who an event is: what the consumer says, else CloudEvents source and id, else an explicit id, else the MessageId.</summary>
internal abstract record EventIdentity
{
    /// <param name="Delivery">The message.</param>
    /// <param name="EventId">The identity.</param>
    /// <param name="CloudEvent">The event, where the message is a CloudEvent.</param>
    public sealed record Known(InboxDelivery Delivery, EventId EventId, CloudEvent? CloudEvent) : EventIdentity
    {
        private Fingerprint? _content;

        /// <summary>What the message says. Its body is read for that when it is first asked for.</summary>
        public Fingerprint Content => _content ??= EventContent.Of(Delivery, CloudEvent);
    }

    public sealed record Unknown(InboxOutcome.Rejected Rejection) : EventIdentity;

    public static EventIdentity Of(InboxDelivery delivery, string eventIdProperty)
    {
        if (delivery.Message.BodyFault is { } fault)
        {
            return new Unknown(new InboxOutcome.Rejected(RejectionReasons.BodyUnreadable, fault));
        }

        var reading = delivery.CloudEvent is { } read ? new CloudEventReading.Read(read) : CloudEventReader.Read(delivery.Message);
        if (reading is CloudEventReading.Malformed malformed)
        {
            return new Unknown(new InboxOutcome.Rejected(RejectionReasons.CloudEventMalformed, malformed.Fault));
        }

        var cloudEvent = (reading as CloudEventReading.Read)?.Event;
        try
        {
            if ((delivery.EventId ?? cloudEvent?.EventId ?? ExplicitId(delivery.Message, eventIdProperty)) is { } eventId)
            {
                return new Known(delivery, eventId, cloudEvent);
            }
        }
        catch (FormatException exception)
        {
            return new Unknown(new InboxOutcome.Rejected(RejectionReasons.EventIdMissing, exception.Message));
        }

        return new Unknown(new InboxOutcome.Rejected(
            RejectionReasons.EventIdMissing,
            $"The message names no event: send it as a CloudEvent, with the property '{eventIdProperty}' or with a MessageId, the same for every copy of it."));
    }

    private static EventId? ExplicitId(InboundMessage message, string property)
    {
        var id = PropertyText.Of(property, message.Properties.GetValueOrDefault(property));
        id = string.IsNullOrEmpty(id) ? message.MessageId : id;
        return string.IsNullOrEmpty(id) ? null : EventId.FromText(id);
    }
}
