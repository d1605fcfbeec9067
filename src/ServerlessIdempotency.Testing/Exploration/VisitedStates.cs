namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>The states that were come to, with what had been spent by then.</summary>
internal sealed class VisitedStates
{
    private readonly Dictionary<ulong, List<Cost>> _states = [];

    /// <returns>False where it was come to before for no more: whatever can follow has been run or is about to be.</returns>
    public bool Add(ulong state, Cost cost)
    {
        if (!_states.TryGetValue(state, out var costs))
        {
            _states[state] = [cost];
            return true;
        }

        if (costs.Exists(known => known.IsNoMoreThan(cost)))
        {
            return false;
        }

        costs.RemoveAll(known => cost.IsNoMoreThan(known));
        costs.Add(cost);
        return true;
    }
}
