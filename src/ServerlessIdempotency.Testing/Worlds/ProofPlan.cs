using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>What the user has said of a proof.</summary>
internal sealed class ProofPlan(Func<ProofProcess, Task<object>> start)
{
    public Func<ProofProcess, Task<object>> Start { get; } = start;

    /// <summary>The build that is being replaced; null where all processes run one.</summary>
    public Func<ProofProcess, Task<object>>? StartEarlier { get; set; }

    /// <summary>Which writes the store may refuse for good; null for none.</summary>
    public Func<RowWrite, bool>? MayRefuse { get; set; }

    public Func<IRowStore> NewStore { get; set; } = () => new InMemory.InMemoryRowStore();

    public List<PlannedCall> Calls { get; } = [];

    public Dictionary<string, PlannedConsumer> Consumers { get; } = [];

    public Dictionary<string, PlannedBatchConsumer> BatchConsumers { get; } = [];

    public List<PlannedMessage> Messages { get; } = [];

    public List<(string Name, Func<object, Task> Run)> Jobs { get; } = [];

    public List<(string Name, Func<ProofEnd, Task<string?>> Check)> Invariants { get; } = [];

    public List<(string Name, Func<ProofEnd, Task<string?>> Check)> Eventually { get; } = [];

    public Func<ProofEnd, Task<string>>? EndState { get; set; }

    /// <summary>The jobs run once even where nothing is left for them.</summary>
    public bool AlwaysRunsJobs { get; set; }

    public bool MayLeaveUnfinished { get; set; }

    public bool MayDeadLetter { get; set; }
}
