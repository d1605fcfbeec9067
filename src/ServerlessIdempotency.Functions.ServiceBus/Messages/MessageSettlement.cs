namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>What is to be done with a message.</summary>
internal abstract record MessageSettlement
{
    private MessageSettlement()
    {
    }

    /// <summary>Why, where the function or the store failed: the invocation then fails too.</summary>
    public Exception? Cause { get; init; }

    public sealed record Complete : MessageSettlement;

    public sealed record Abandon : MessageSettlement;

    public sealed record DeadLetter(string Reason, string Description) : MessageSettlement;
}
