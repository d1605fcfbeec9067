using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Inbox;

/// <summary>What became of a message.</summary>
public abstract record InboxOutcome
{
    private InboxOutcome()
    {
    }

    /// <summary>How the message is settled with its broker: it is completed only once its effects are committed (law 9).</summary>
    public Settlement ToSettlement() => this switch
    {
        Processed or Duplicate => new Settlement.Complete(),
        InProgressElsewhere elsewhere => new Settlement.Abandon { Why = $"Another consumer has the event in hand, for another {elsewhere.LeaseLeft} at most unless it gives a sign of life.", RetryAfter = elsewhere.LeaseLeft },
        Failed failed => new Settlement.Abandon { Cause = failed.Cause },
        HeldBack heldBack => new Settlement.Release(heldBack.Why) { WasBegun = heldBack.WasBegun },
        Rejected rejected => Settlement.DeadLetter.Create(rejected.Reason, rejected.Description) with { Cause = rejected.Cause },
        _ => throw new NotSupportedException($"Unknown outcome {GetType().Name}."),
    };

    /// <summary>This delivery applied the event, and its effects are committed.</summary>
    public sealed record Processed : InboxOutcome
    {
        /// <summary>The operation's result, where it was claimed and committed.</summary>
        public OperationResult? Result { get; init; }
    }

    /// <summary>The event was applied before; this delivery changed nothing.</summary>
    public sealed record Duplicate : InboxOutcome
    {
        /// <summary>The operation's stored result, where it was claimed and committed.</summary>
        public OperationResult? Result { get; init; }
    }

    /// <summary>Another consumer is applying the event; the message comes again.</summary>
    /// <param name="LeaseLeft">How long the other's claim still holds if it gives no sign of life.</param>
    public sealed record InProgressElsewhere(TimeSpan LeaseLeft) : InboxOutcome;

    /// <summary>The message can't be applied, now or later.</summary>
    /// <param name="Reason">A short name of the cause.</param>
    /// <param name="Description">What is wrong and what to do.</param>
    public sealed record Rejected(string Reason, string Description) : InboxOutcome
    {
        /// <summary>What this delivery ended with, where an exception leaves it to a person. Default null.</summary>
        public Exception? Cause { get; init; }
    }

    /// <summary>This attempt failed; the message comes again, and the broker counts.</summary>
    /// <param name="Cause">What went wrong.</param>
    public sealed record Failed(Exception Cause) : InboxOutcome;

    /// <summary>Nothing was tried with the message, for no fault of its own: in a batch, one before it in its session failed, or there was no time or no store left. It comes again.</summary>
    /// <param name="Why">Why, as a sentence.</param>
    public sealed record HeldBack(string Why) : InboxOutcome
    {
        /// <summary>Its handler ran when it was stopped.</summary>
        internal bool WasBegun { get; init; }
    }
}
