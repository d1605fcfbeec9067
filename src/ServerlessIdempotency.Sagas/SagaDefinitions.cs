namespace ServerlessIdempotency.Sagas;

/// <summary>The sagas that this process knows, by name.</summary>
internal sealed class SagaDefinitions
{
    private readonly Dictionary<string, SagaDefinition> _byName;

    /// <exception cref="ArgumentException">Two definitions or two steps share a name, or a definition has no step.</exception>
    public SagaDefinitions(IEnumerable<SagaDefinition> definitions)
    {
        _byName = definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal);
        foreach (var definition in _byName.Values)
        {
            if (definition.Steps.Count == 0 || definition.Steps.DistinctBy(step => step.Name).Count() != definition.Steps.Count)
            {
                throw new ArgumentException($"The saga '{definition.Name}' needs at least one step, and each step a name of its own.", nameof(definitions));
            }
        }
    }

    public SagaDefinition this[string name] => _byName.TryGetValue(name, out var definition)
        ? definition
        : throw new InvalidOperationException($"No saga '{name}' is registered: call AddSaga for it.");
}
