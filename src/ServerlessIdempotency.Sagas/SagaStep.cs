using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// One step of a saga. Each of its three calls may be made more than once, and by a process that does not know that it is late: all of them name their effect
/// by <see cref="SagaStepContext.StableKey"/>.
/// </summary>
public abstract class SagaStep
{
    /// <summary>The step's name, unique within the saga and never changed: it is part of the stable key.</summary>
    public abstract string Name { get; }

    /// <summary>How long one attempt, probe or compensation may take; past it its outcome counts as unknown. Default 30 s, range 1 ms to 1 day.</summary>
    public virtual TimeSpan Timeout => TimeSpan.FromSeconds(30);

    /// <summary>How often the step, and apart from that its probe, is tried. Default 8, range 1 to 1,000.</summary>
    public virtual int MaxAttempts => 8;

    /// <summary>How often the compensation is tried before a person is asked. Default 20, range 1 to 1,000.</summary>
    public virtual int MaxCompensationAttempts => 20;

    /// <summary>The pause after the first failed attempt; it doubles with each further one. Default 1 s, range 0 to 30 days.</summary>
    public virtual TimeSpan FirstRetryDelay => TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts. Default 5 min, at least <see cref="FirstRetryDelay"/>, at most 30 days.</summary>
    public virtual TimeSpan MaxRetryDelay => TimeSpan.FromMinutes(5);

    /// <summary>
    /// What follows an attempt that came to no answer: <see cref="CrashPolicy.Rerun"/> tries it again after a crash and asks after an exception or a time-out;
    /// <see cref="CrashPolicy.Probe"/> always asks first; <see cref="CrashPolicy.Block"/> and <see cref="CrashPolicy.Park"/> park the saga for a person. Default Rerun.
    /// </summary>
    public virtual CrashPolicy CrashPolicy => CrashPolicy.Rerun;

    /// <summary>Makes the effect, if it is not there already under the stable key. What it throws counts as an unknown outcome.</summary>
    public abstract Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken);

    /// <summary>Asks the other side, by the stable key, what became of an attempt whose outcome was lost. What it throws counts as unreachable.</summary>
    public abstract Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Undoes the effect, where there is any, and sees to it that a late attempt has none. It runs for every step that was ever begun, also for one that was
    /// rejected: an earlier attempt of it may still be on its way. What it throws is tried again.
    /// </summary>
    public abstract Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// What is committed with a person's decision that the step is done: the result and the effects that <see cref="ExecuteAsync"/> would have given. It must only decide,
    /// not act: it may run again. What it throws is for the person, and the saga stays parked. Nothing by default.
    /// </summary>
    public virtual Task<StepOutcome.Done> DescribeDoneAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult(new StepOutcome.Done());

    /// <summary>The same for a person's decision that the step is undone.</summary>
    public virtual Task<CompensationOutcome.Done> DescribeCompensatedAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult(new CompensationOutcome.Done());
}
