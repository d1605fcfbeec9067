namespace ServerlessIdempotency.Sagas;

/// <summary>What became of a decision.</summary>
public abstract record ResolveOutcome
{
    private ResolveOutcome()
    {
    }

    /// <summary>The decision stands, by this call or an earlier one that said the same, and the saga goes on.</summary>
    /// <param name="Resolution">The decision as it is kept.</param>
    public sealed record Resolved(ParkedResolution Resolution) : ResolveOutcome;

    /// <summary>Another decision was made before; this one changed nothing.</summary>
    /// <param name="Existing">The decision that stands.</param>
    public sealed record DecidedOtherwise(ParkedResolution Existing) : ResolveOutcome;

    /// <summary>There is no such saga, or it never was parked so.</summary>
    public sealed record NotFound : ResolveOutcome;
}
