namespace ServerlessIdempotency.Sagas;

/// <summary>A workflow of steps that are taken in order, and undone in reverse order where one of them is refused.</summary>
public abstract class SagaDefinition
{
    /// <summary>The definition's name, never changed: it is stored with each saga.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The definition's version: raise it where an instance of the earlier one must not go on with a saga of this one, such as after a step was added, removed or
    /// renamed or means something else. An instance leaves sagas of a higher version than its own alone. Default 1, at least 1.
    /// </summary>
    public virtual int Version => 1;

    /// <summary>The steps of a saga that begins now, in order. A saga keeps the steps that it began with.</summary>
    public abstract IReadOnlyList<SagaStep> Steps { get; }

    /// <summary>Steps that were removed or renamed, as long as there may be sagas that began with them. None by default.</summary>
    public virtual IReadOnlyList<SagaStep> RetiredSteps => [];

    /// <summary>How long the whole may take; from its start; past it no step is begun and what was begun is undone, once its outcome is known. Default 1 h, more than 0, at most 10 years.</summary>
    public virtual TimeSpan Timeout => TimeSpan.FromHours(1);

    /// <summary>What is committed with the transition that completes, compensates or parks a saga. It must only decide, not act: it may run again. Nothing by default.
    /// Where it throws, or what it gives can't be committed, a saga that ends is parked with that reason, and one that is parked is parked without it.</summary>
    /// <param name="address">Where the saga lives.</param>
    /// <param name="saga">The saga as it will be stored.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public virtual Task<SagaEffects> DescribeEndAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken) => Task.FromResult(SagaEffects.None);

    internal SagaStep? Find(string step) => Steps.Concat(RetiredSteps).FirstOrDefault(known => known.Name == step);
}
