using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>
/// What a process of your app gets from the proof instead of the real world. Build everything that a real process would build from these, with nothing left
/// over from another process: caches start empty.
/// </summary>
public sealed class ProofProcess
{
    private readonly World _world;
    private readonly ProcessState _process;

    internal ProofProcess(World world, ProcessState process)
    {
        _world = world;
        _process = process;
        Store = new ControlledRowStore(world, process);
        Sender = new ControlledSender(world, process);
        Outside = new OutsideCalls(world, process);
    }

    /// <summary>The process, as it reads in a story: <c>p1</c>.</summary>
    public string Name => _process.Name;

    /// <summary>The store that all processes share.</summary>
    public IRowStore Store { get; }

    /// <summary>The process's clock. Time stands still until the explorer lets it pass.</summary>
    public TimeProvider Clock => _process.Clock;

    /// <summary>The way to the broker. What is sent to a queue with a consumer is delivered there.</summary>
    public IMessageSender Sender { get; }

    /// <summary>Outside services.</summary>
    public OutsideCalls Outside { get; }

    /// <summary>The operation on whose behalf the running code was called.</summary>
    public string Operation => _world.Current.Value?.Operation ?? Name;

    /// <summary>Something that outlives the processes of a run, such as the state of an outside service of your own: one for each run and type.</summary>
    public T Shared<T>(Func<T> create)
        where T : class => _world.Shared(create);

    /// <summary>
    /// A store of your own whose calls the explorer controls further down, at its network. The proof sees through it which partitions are used, and looks there at
    /// the end for what is left unfinished. Have <see cref="IdempotencyProof{TApp}.Over"/> give a store that reads the same rows, with nothing in its way.
    /// </summary>
    public IRowStore Watch(IRowStore store) => new WatchedRowStore(_world, store);

    /// <summary>Does something at which the explorer may interfere.</summary>
    public Task<T> PassAsync<T>(ProofPoint<T> point, CancellationToken cancellationToken = default) => _world.PassAsync(_process, point, cancellationToken);

    /// <summary>A moment between two things that the process does within itself, at which another one may go on or the process may die.</summary>
    /// <param name="name">As it reads in a story.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task StepAsync(string name, CancellationToken cancellationToken = default) =>
        _world.PassAsync(_process, new ProofPoint<bool>(name, () => Task.FromResult(true)) { Touches = [], OnlyReads = true }, cancellationToken);

    /// <summary>Registers store, clock and sender, before <c>AddIdempotency</c>.</summary>
    public IServiceCollection AddTo(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(Store).AddSingleton(Clock).AddSingleton(Sender);
    }
}
