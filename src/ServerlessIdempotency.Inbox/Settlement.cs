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
    public sealed record Abandon : Settlement
    {
        /// <summary>What failed, where an exception told it. Default null.</summary>
        public Exception? Cause { get; init; }

        /// <summary>When it is worth coming again, where that is known: what is in its way has gone by then. Default null.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Why it comes again, as a sentence for whoever finds it among the dead letters. Default: what <see cref="Cause"/> says.</summary>
        public string Why
        {
            get => field ?? (Cause is null ? "" : $"{Cause.GetType().Name}: {Cause.Message}");
            init;
        }
    }

    /// <summary>The message comes again, and where the broker can give it back uncounted this delivery does not count: nothing was tried with it.</summary>
    /// <param name="Why">Why, as a sentence.</param>
    public sealed record Release(string Why) : Settlement
    {
        /// <summary>Its consumer was at it when it was stopped: that is a failure where what stopped it was the end of its lock.</summary>
        internal bool WasBegun { get; init; }
    }

    /// <summary>
    /// What it is where its lock ends and the app does not stop: what took so long counts, or it would come again, and hold up its session, for good. What is behind it does not.
    /// </summary>
    internal Settlement WhereLockEnds() => this is Release { WasBegun: true }
        ? new Abandon { Cause = new TimeoutException("Its consumer was not done with it when three quarters of its lock were over.") }
        : this;

    /// <summary>The message goes to the dead-letter queue.</summary>
    /// <param name="Reason">A short name of the cause.</param>
    /// <param name="Description">What is wrong and what to do.</param>
    public sealed record DeadLetter(string Reason, string Description) : Settlement
    {
        /// <summary>What failed at the last delivery, where an exception told it. Default null.</summary>
        public Exception? Cause { get; init; }

        // Service Bus refuses longer ones, and the message would come again for ever.
        private const int MaxLength = 4096;

        internal static DeadLetter Create(string reason, string description) => new(Shorten(reason), Shorten(description));

        private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..(MaxLength - 1)] + "…";
    }
}
