using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>The idempotent functions of the app. What their attributes say is read once, and no request is served by a function whose attribute is wrong.</summary>
internal sealed class FunctionCatalog(IEnumerable<IIdempotentTrigger> triggers, IOptions<IdempotencyOptions> engine, FunctionAssemblies assemblies, HostSettings host)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, bool> _missed = new();
    private Dictionary<string, IdempotentFunction>? _functions;

    /// <summary>The function with its settings; null where it is not idempotent.</summary>
    /// <exception cref="OptionsValidationException">A function can't do what its attribute says.</exception>
    /// <exception cref="InvalidOperationException">The function has the attribute, and was not found when the functions were read.</exception>
    public async ValueTask<IdempotentFunction?> FindAsync(FunctionDefinition definition)
    {
        var functions = _functions ?? await ReadAsync();
        if (functions.TryGetValue(definition.Name, out var function))
        {
            return function;
        }

        // Else it would run as if it had no attribute.
        return _missed.GetOrAdd(definition.Name, _ => IsMarked(definition))
            ? throw new InvalidOperationException($"[Idempotent] on {definition.Name} was not found at the start: its assembly was not among those that the worker told of.")
            : null;
    }

    /// <summary>Reads and checks every function.</summary>
    /// <exception cref="OptionsValidationException">A function can't do what its attribute says.</exception>
    public async Task<Dictionary<string, IdempotentFunction>> ReadAsync()
    {
        var faults = new List<string>();
        var check = new SettingsCheck(host, engine.Value);
        faults.AddRange(check.CheckDefaults());
        var functions = new Dictionary<string, IdempotentFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in MethodsOf(await assemblies.ListAsync()))
        {
            var description = FunctionDescription.Of(method);
            var trigger = triggers.FirstOrDefault(trigger => trigger.Starts(method));
            var settings = FunctionSettings.Read(description, trigger, method.GetCustomAttribute<IdempotentAttribute>()!, faults);
            var function = new IdempotentFunction(description, settings, trigger);
            faults.AddRange(check.Check(function));
            if (!functions.TryAdd(description.Name, function))
            {
                faults.Add($"[Idempotent] is on two functions of the name {description.Name}: rename one.");
            }
        }

        if (faults.Count > 0)
        {
            throw new OptionsValidationException(nameof(IdempotentAttribute), typeof(IdempotentAttribute), faults);
        }

        lock (_gate)
        {
            return _functions ??= functions;
        }
    }

    private static bool IsMarked(FunctionDefinition definition) => FunctionMethods.Of(definition).Any(method => method.IsDefined(typeof(IdempotentAttribute)));

    private static IEnumerable<MethodInfo> MethodsOf(IEnumerable<Assembly> assemblies) =>
        from assembly in assemblies
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(IdempotentAttribute))
        select method;
}
