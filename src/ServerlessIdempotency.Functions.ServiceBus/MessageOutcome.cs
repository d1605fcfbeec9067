namespace ServerlessIdempotency.Functions.ServiceBus;

/// <summary>What an idempotent Service Bus function may return. A function that throws has failed: the message is abandoned and comes again.</summary>
public abstract record MessageOutcome
{
    private MessageOutcome()
    {
    }

    /// <summary>The message is done: it is completed, and so is every duplicate, without running the function.</summary>
    public sealed record Processed : MessageOutcome;

    /// <summary>The message can never be processed: it goes to the dead-letter queue. Nothing is stored, so that it runs when it is resubmitted.</summary>
    /// <param name="Reason">The dead-letter reason, a stable name of at most 128 characters.</param>
    /// <param name="Description">What a person needs to know.</param>
    public sealed record Rejected(string Reason, string Description) : MessageOutcome;
}
