using System.Globalization;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Worker;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.Settings;

/// <summary>What an attribute says, read.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Key">Where its key is.</param>
internal sealed record FunctionSettings(string Name, KeySource Key)
{
    public string? Operation { get; init; }

    public string? PrincipalProperty { get; init; }

    public bool RequireKey { get; init; }

    public TimeSpan? Lease { get; init; }

    public TimeSpan? MaxExecution { get; init; }

    public CrashPolicy CrashPolicy { get; init; }

    public Type? ProbeType { get; init; }

    public TimeSpan? Retention { get; init; }

    public TimeSpan? MessageTime { get; init; }

    /// <param name="function">The function.</param>
    /// <param name="trigger">What starts it; null where no known trigger does.</param>
    /// <param name="attribute">What it says.</param>
    /// <param name="faults">Gets a sentence for everything that can't be read.</param>
    public static FunctionSettings Read(FunctionDescription function, IIdempotentTrigger? trigger, IdempotentAttribute attribute, ICollection<string> faults)
    {
        if (new[] { attribute.KeyHeader, attribute.KeyBodyPath, attribute.KeyProperty }.Count(source => source is not null) > 1)
        {
            faults.Add($"[Idempotent] on {function.Name} names more than one of KeyHeader, KeyBodyPath and KeyProperty: leave one.");
        }

        if (attribute.CrashPolicy == CrashPolicy.Probe != (attribute.ProbeType is not null) || attribute.ProbeType?.IsAssignableTo(typeof(IOperationProbe)) is false)
        {
            faults.Add($"[Idempotent] on {function.Name} has CrashPolicy = {attribute.CrashPolicy} and ProbeType = {attribute.ProbeType?.Name ?? "null"}: CrashPolicy.Probe needs a ProbeType that is an IOperationProbe, and no other policy has one.");
        }

        return new FunctionSettings(function.Name, ReadKey(function, trigger, attribute, faults))
        {
            Operation = attribute.Operation,
            PrincipalProperty = attribute.PrincipalProperty,
            RequireKey = attribute.RequireKey,
            Lease = ReadSpan(nameof(attribute.Lease), attribute.Lease),
            CrashPolicy = attribute.CrashPolicy,
            ProbeType = attribute.ProbeType,
            MaxExecution = ReadSpan(nameof(attribute.MaxExecution), attribute.MaxExecution),
            Retention = ReadSpan(nameof(attribute.Retention), attribute.Retention),
            MessageTime = ReadSpan(nameof(attribute.MessageTime), attribute.MessageTime),
        };

        TimeSpan? ReadSpan(string setting, string? value)
        {
            if (value is null)
            {
                return null;
            }

            if (TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var span))
            {
                return span;
            }

            faults.Add($"[Idempotent] on {function.Name} has {setting} = \"{value}\": write it as hh:mm:ss or d.hh:mm:ss.");
            return null;
        }
    }

    private static KeySource ReadKey(FunctionDescription function, IIdempotentTrigger? trigger, IdempotentAttribute attribute, ICollection<string> faults)
    {
        if (attribute.KeyBodyPath is { } path)
        {
            try
            {
                return new KeySource.Body(JsonKeyPath.Parse(path));
            }
            catch (FormatException exception)
            {
                faults.Add($"[Idempotent] on {function.Name}: {exception.Message}");
            }
        }

        return attribute switch
        {
            { KeyProperty: { } property } => new KeySource.Property(property),
            { KeyHeader: { } header } => new KeySource.Header(header),
            _ => trigger?.DefaultKey ?? new KeySource.EventIdentity(),
        };
    }
}
