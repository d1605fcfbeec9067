using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>
/// A stand-in for the services that a handler calls: it does once what comes under one key, and answers the first result to every repetition, as a payment
/// gateway does with its idempotency key. The proof demands one effect for each name and operation.
/// </summary>
public sealed class OutsideCalls
{
    private readonly World _world;
    private readonly ProcessState _process;

    internal OutsideCalls(World world, ProcessState process)
    {
        _world = world;
        _process = process;
    }

    /// <summary>Calls an outside service.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="name">What is asked for, a word for each different effect of an operation: <c>charge</c>.</param>
    /// <param name="stableKey">The key by which the service knows a repetition; null where it knows none, so that each call has an effect.</param>
    /// <param name="effect">What the service answers the first time.</param>
    /// <param name="cancellationToken">Gives up waiting before the call is made.</param>
    /// <exception cref="TimeoutException">The service did not answer: the effect may have happened or not.</exception>
    public Task<T> CallAsync<T>(string name, string? stableKey, Func<T> effect, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(effect);
        var operation = _world.Current.Value?.Operation ?? _process.Name;
        var known = false;
        return _world.PassAsync(
            _process,
            new ProofPoint<T>($"calls {name}", () =>
            {
                known = _world.Outside.Knows(name, stableKey);
                return _world.Outside.CallAsync(name, stableKey, operation, () => Task.FromResult(effect()));
            })
            {
                Touches = ["outside " + name],
                Failures =
                [
                    new("the service is BUSY (429/500/503)", Happens: false, () => throw new HttpRequestException("The service is busy.")),
                    new("the REPLY IS LOST", Happens: true, () => throw new TimeoutException("The service did not answer.")),
                ],
                WhenLate = () => throw new TimeoutException("The service did not answer."),
                Describe = _ => $"{(known ? "known already" : "a NEW effect")} under {(stableKey is null ? "no key" : "key " + RowText.Of(stableKey))}",
            },
            cancellationToken);
    }
}
