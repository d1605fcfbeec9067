namespace TestDoubles.Outbox;

/// <summary>Every call that leaves a process passes here: it can kill the process before or after the call's real effect, and counts.</summary>
internal sealed class CallGate
{
    private readonly Lock _lock = new();
    private int _calls;
    private int _dieAt;
    private bool _dieAfter;
    private bool _isDead;

    public int Calls => _calls;

    public bool IsDead => _isDead;

    /// <summary>Runs before each call; it may fail the call.</summary>
    public Func<string, Task>? Before { get; set; }

    /// <summary>Runs after each call's real effect; it may lose the reply.</summary>
    public Func<string, Task>? After { get; set; }

    public void DieAtCall(int number, bool after) => (_dieAt, _dieAfter) = (number, after);

    public void Reset() => _calls = 0;

    public async Task<T> PassAsync<T>(string what, Func<Task<T>> call)
    {
        bool diesHere;
        lock (_lock)
        {
            ThrowIfDead();
            _calls++;
            diesHere = _calls == _dieAt;
            _isDead = diesHere && !_dieAfter;
            ThrowIfDead();
        }

        if (Before is { } before)
        {
            await before(what);
        }

        var result = await call();
        lock (_lock)
        {
            _isDead |= diesHere;
            ThrowIfDead();
        }

        if (After is { } after)
        {
            await after(what);
        }

        return result;
    }

    private void ThrowIfDead()
    {
        if (_isDead)
        {
            throw new ProcessDiedException();
        }
    }
}
