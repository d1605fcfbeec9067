namespace ServerlessIdempotency.Execution;

/// <summary>
/// What the next attempt may do when an execution ended without an answer: its process died, its lease ran out, its handler threw or took longer than it may. An answer that the
/// handler gave, a failure included, is no such end. Of two policies that one record has met, the stricter holds; they are ordered from the least strict.
/// </summary>
public enum CrashPolicy
{
    /// <summary>It takes over and runs the handler again: recorded steps are skipped, outside calls carry the same stable keys. The default.</summary>
    Rerun,

    /// <summary>It takes over and asks the outside first, by <see cref="Operation.Probe"/>. The handler runs again only where the earlier execution is prevented for good.</summary>
    Probe,

    /// <summary>
    /// It does nothing and is told that the outcome is unknown, until a person decides. Nobody takes over, so the earlier execution may still complete, late, and then that is
    /// the answer.
    /// </summary>
    Block,

    /// <summary>
    /// As <see cref="Block"/>, and on the work list from before the handler runs: a crash is found there although nobody tries again. It costs a round trip before the handler and
    /// one after the commit.
    /// </summary>
    Park,
}
