namespace ServerlessIdempotency.Sagas;

/// <summary>A workflow of steps that are taken in order, and undone in reverse order where one of them is refused.</summary>
public abstract class SagaDefinition
{
    /// <summary>The definition's name, never changed: it is stored with each saga.</summary>
    public abstract string Name { get; }

    /// <summary>The steps, in order. A saga keeps the steps that it began with; a new version that drops or renames one needs a new definition.</summary>
    public abstract IReadOnlyList<SagaStep> Steps { get; }

    /// <summary>How long the whole may take; past it no step is begun and what was begun is undone. Default 1 h.</summary>
    public virtual TimeSpan Timeout => TimeSpan.FromHours(1);

    /// <summary>What is committed with the transition that completes, compensates or parks a saga. It must only decide, not act: it may run again. Nothing by default.</summary>
    /// <param name="address">Where the saga lives.</param>
    /// <param name="saga">The saga as it will be stored.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public virtual Task<SagaEffects> DescribeEndAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken) => Task.FromResult(SagaEffects.None);
}
