namespace ServerlessIdempotency.Inbox;

/// <summary>How a message is settled, in no broker's own words.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>The message is done with.</summary>
    public sealed record Complete : Settlement;

    /// <summary>The message comes again, with a higher delivery count.</summary>
    public sealed record Abandon : Settlement;

    /// <summary>The message goes to the dead-letter queue.</summary>
    /// <param name="Reason">A short name of the cause.</param>
    /// <param name="Description">What is wrong and what to do.</param>
    public sealed record DeadLetter(string Reason, string Description) : Settlement
    {
        // Service Bus refuses longer ones, and the message would come again for ever.
        private const int MaxLength = 4096;

        internal static DeadLetter Create(string reason, string description) => new(Shorten(reason), Shorten(description));

        private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..(MaxLength - 1)] + "…";
    }
}
