namespace ServerlessIdempotency.Execution;

/// <summary>What the outside says of an execution that ended without an answer.</summary>
/// <remarks>
/// To look and to find nothing proves nothing about what is still on its way. Only a probe that keeps a late effect out (a mark under the effect's own stable key, a cancelled
/// intent) may answer <see cref="Prevented"/>.
/// </remarks>
/// <typeparam name="T">What the execution would have answered.</typeparam>
public abstract record ProbeOutcome<T>
{
    private ProbeOutcome()
    {
    }

    /// <summary>It had its effect: this is its answer.</summary>
    /// <param name="Answer">What it would have answered.</param>
    public sealed record Happened(T Answer) : ProbeOutcome<T>;

    /// <summary>It had no effect and never will: the handler may run.</summary>
    public sealed record Prevented : ProbeOutcome<T>;

    /// <summary>Nobody knows.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record NotKnown(string Reason) : ProbeOutcome<T>;
}
