namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A point at which something waits for the explorer.</summary>
internal abstract class PendingPoint(Actor actor, ProcessState process, long sequence, string text, IReadOnlyList<string> touches, bool onlyReads)
{
    public Actor Actor { get; } = actor;

    /// <summary>Who it is, as it reads in a story.</summary>
    public string Label { get; init; } = actor.Label;

    public ProcessState Process { get; } = process;

    public long Sequence { get; } = sequence;

    public string Text { get; } = text;

    public IReadOnlyList<string> Touches { get; } = touches;

    public bool OnlyReads { get; } = onlyReads;

    /// <summary>The effect has happened, and only its reply is still on its way.</summary>
    public bool IsReply { get; protected set; }

    /// <summary>A request that everyone took for lost and that is still on its way.</summary>
    public bool IsLate { get; init; }

    /// <summary>What may go wrong here.</summary>
    public abstract IReadOnlyList<PointFault> Faults { get; }

    public abstract void Take(World world, PointFault? fault);
}
