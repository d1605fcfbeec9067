using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Sagas;

/// <summary>The sagas that this process knows, by name.</summary>
internal sealed class SagaDefinitions
{
    private static readonly TimeSpan LongestSaga = TimeSpan.FromDays(3_653);

    private readonly Dictionary<string, SagaDefinition> _byName;

    /// <exception cref="ArgumentException">Something is wrong with a definition: every fault as a sentence.</exception>
    public SagaDefinitions(IEnumerable<SagaDefinition> definitions)
    {
        SagaDefinition[] all = [.. definitions];
        OptionFaults.ThrowIfAny(all.GroupBy(definition => definition.Name, StringComparer.Ordinal).SelectMany(group => FaultsOf([.. group])));
        _byName = all.ToDictionary(definition => definition.Name, StringComparer.Ordinal);
    }

    public SagaDefinition this[string name] => _byName.TryGetValue(name, out var definition)
        ? definition
        : throw new InvalidOperationException($"No saga '{name}' is registered: call AddSaga for it.");

    /// <summary>Why this process can't go on with a saga; null where it can. It is told before anything is called: what a step did would be lost where the next one is unknown.</summary>
    public string? WhyUnknown(SagaSnapshot saga)
    {
        if (!_byName.TryGetValue(saga.Definition, out var definition))
        {
            return $"No saga '{saga.Definition}' is registered here.";
        }

        if (saga.Version > definition.Version)
        {
            return $"It is of version {saga.Version} of '{saga.Definition}', and this process has version {definition.Version}.";
        }

        return saga.Steps.FirstOrDefault(step => definition.Find(step.Name) is null) is { } unknown
            ? $"It has the step '{unknown.Name}', which '{saga.Definition}' lacks here: keep it among its RetiredSteps."
            : null;
    }

    private static IEnumerable<string> FaultsOf(SagaDefinition[] named)
    {
        var definition = named[0];
        SagaStep[] steps = [.. definition.Steps, .. definition.RetiredSteps];
        var faults = new OptionFaults($"Saga {definition.Name}")
            .If(string.IsNullOrWhiteSpace(definition.Name) || definition.Name.Length > 256, "Name has 1 to 256 characters.")
            .If(named.Length > 1, "is registered more than once.")
            .If(definition.Steps.Count == 0, "needs at least one step.")
            .If(steps.DistinctBy(step => step.Name).Count() != steps.Length, "needs a name of its own for each step.")
            .Between(definition.Version, 1, int.MaxValue, name: "Version")
            .Between(definition.Timeout, TimeSpan.FromMilliseconds(1), LongestSaga, name: "Timeout");
        return faults.Concat(steps.SelectMany(step => FaultsOf(definition, step)));
    }

    private static OptionFaults FaultsOf(SagaDefinition definition, SagaStep step) => new OptionFaults($"Saga {definition.Name}, step {step.Name}")
        .If(string.IsNullOrWhiteSpace(step.Name) || step.Name.Length > 256, "Name has 1 to 256 characters.")
        .Between(step.Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1), name: "Timeout")
        .Between(step.MaxAttempts, 1, 1_000, name: "MaxAttempts")
        .Between(step.MaxCompensationAttempts, 1, 1_000, name: "MaxCompensationAttempts")
        .Between(step.FirstRetryDelay, TimeSpan.Zero, TimeSpan.FromDays(30), name: "FirstRetryDelay")
        .Between(step.MaxRetryDelay, step.FirstRetryDelay, TimeSpan.FromDays(30), name: "MaxRetryDelay")
        .If(!Enum.IsDefined(step.CrashPolicy), $"CrashPolicy is {step.CrashPolicy}: name one of Rerun, Block, Probe and Park.");
}
