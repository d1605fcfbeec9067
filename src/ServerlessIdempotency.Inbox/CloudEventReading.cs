namespace ServerlessIdempotency.Inbox;

/// <summary>What a message is as a CloudEvent.</summary>
internal abstract record CloudEventReading
{
    private CloudEventReading()
    {
    }

    /// <summary>The message does not say that it is one.</summary>
    public sealed record NotACloudEvent : CloudEventReading;

    /// <summary>The message says that it is one, and is not.</summary>
    /// <param name="Fault">What is wrong, as a sentence for the sender.</param>
    public sealed record Malformed(string Fault) : CloudEventReading;

    /// <summary>It is one.</summary>
    /// <param name="Event">The event.</param>
    public sealed record Read(CloudEvent Event) : CloudEventReading;
}
