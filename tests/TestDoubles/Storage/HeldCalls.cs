namespace TestDoubles.Storage;

/// <summary>
/// Holds calls while they are under way, so that a test can break something at exactly that point: <c>await held.UnderWay</c>, break it, then <see cref="Drop"/> or
/// <see cref="PassOn"/>. One may stand in several proxies: it counts the calls of all of them. As no call of the kind gets through, nothing is over before the test acts.
/// </summary>
public sealed class HeldCalls : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<StorageCall, bool> _isOne;
    private readonly CallMoment _moment;
    private readonly int _together;
    private readonly HashSet<StorageCall> _held = new(ReferenceEqualityComparer.Instance);
    private readonly TaskCompletionSource<FaultyProxy> _underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FaultyProxy? _first;
    private int _toPass;

    /// <param name="isOne">Which calls are meant.</param>
    /// <param name="moment">Where they are held.</param>
    /// <param name="number">The first one of them that is held, counted from 1; it and all behind it are.</param>
    /// <param name="together">How many have to be held until they count as under way.</param>
    public HeldCalls(Func<StorageCall, bool> isOne, CallMoment moment, int number = 1, int together = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(together, 1);
        _isOne = isOne;
        _moment = moment;
        _toPass = number - 1;
        _together = together;
    }

    /// <summary>Ends when enough calls are held, with the proxy that holds the first one.</summary>
    public Task<FaultyProxy> UnderWay => _underWay.Task;

    /// <summary>Ends when all that was held and passed on has had its effect.</summary>
    public Task Over => _over.Task;

    /// <summary>Ends their connections: what is before its effect never has one, the answer of what is behind it is lost.</summary>
    public void Drop() => _released.TrySetResult(false);

    /// <summary>Lets them go on, however late.</summary>
    public void PassOn() => _released.TrySetResult(true);

    /// <inheritdoc/>
    public void Dispose() => Drop();

    /// <summary>Waits where the call is one to hold.</summary>
    /// <returns>Whether it goes on.</returns>
    internal Task<bool> PassAsync(FaultyProxy proxy, StorageCall call, CallMoment moment)
    {
        if (moment != _moment || !_isOne(call))
        {
            return Task.FromResult(true);
        }

        lock (_lock)
        {
            if (_released.Task.IsCompleted || _toPass-- > 0)
            {
                return Task.FromResult(true);
            }

            _first ??= proxy;
            _held.Add(call);
            if (_held.Count == _together)
            {
                _underWay.TrySetResult(_first);
            }
        }

        return _released.Task;
    }

    /// <summary>The service has answered the call, or it never will.</summary>
    internal void End(StorageCall call)
    {
        lock (_lock)
        {
            if (_held.Remove(call) && _held.Count == 0)
            {
                _over.TrySetResult();
            }
        }
    }
}
