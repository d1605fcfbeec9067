using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>What the outside services of a run remember: the first result under each key.</summary>
internal sealed class OutsideLedger
{
    private readonly Dictionary<(string Name, string Key), object?> _results = [];
    private readonly List<OutsideEffect> _effects = [];

    public IReadOnlyList<OutsideEffect> Effects => _effects;

    public async Task<T> CallAsync<T>(string name, string? key, string operation, Func<Task<T>> effect)
    {
        if (key is not null && _results.TryGetValue((name, key), out var known))
        {
            var index = _effects.FindIndex(made => made.Name == name && made.Key == key);
            _effects[index] = _effects[index] with { Calls = _effects[index].Calls + 1 };
            return (T)known!;
        }

        var result = await effect();
        if (key is not null)
        {
            _results[(name, key)] = result;
        }

        _effects.Add(new OutsideEffect(name, key, operation, Calls: 1));
        return result;
    }

    public bool Knows(string name, string? key) => key is not null && _results.ContainsKey((name, key));
}
