using System.Collections.Concurrent;
using Payments.Gateway;

namespace Payments.Tests;

/// <summary>Holds every capture until so many callers have asked for one.</summary>
internal sealed class PausingGateway(IPaymentGateway inner, int callers) : ForwardingGateway(inner)
{
    private readonly TaskCompletionSource _allThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _keys = new();

    public IEnumerable<string> CaptureKeys => _keys;

    public override async Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken)
    {
        _keys.Enqueue(key);
        if (_keys.Count == callers)
        {
            _allThere.SetResult();
        }

        await _allThere.Task;
        return await base.CaptureAsync(reference, key, cancellationToken);
    }
}
