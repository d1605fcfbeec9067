namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>A party outside of every process of ours: it knows each effect by its key, and remembers what was undone before it came.</summary>
internal sealed class OtherSide
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _applied = [];
    private readonly HashSet<string> _undone = [];

    /// <summary>Every effect that was really made, in order; <c>+</c> for the step, <c>-</c> for its undoing.</summary>
    public List<string> Effects { get; } = [];

    /// <returns>False where it was undone before.</returns>
    public bool Apply(string step, string key)
    {
        lock (_lock)
        {
            if (_undone.Contains(key))
            {
                return false;
            }

            if (_applied.Add(key))
            {
                Effects.Add("+" + step);
            }

            return true;
        }
    }

    public bool Knows(string key)
    {
        lock (_lock)
        {
            return _applied.Contains(key);
        }
    }

    public void Undo(string step, string key)
    {
        lock (_lock)
        {
            if (_undone.Add(key) && _applied.Contains(key))
            {
                Effects.Add("-" + step);
            }
        }
    }
}
