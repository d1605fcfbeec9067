using System.Text.Json;
using FunctionsHost.Messages;

namespace FunctionsHost;

/// <summary>A function that the worker told of.</summary>
internal sealed class HostedFunction
{
    private readonly JsonElement _trigger;

    public HostedFunction(RpcFunctionMetadata metadata)
    {
        Metadata = metadata;
        _trigger = metadata.RawBindings.Select(binding => JsonDocument.Parse(binding).RootElement)
            .Single(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
    }

    public RpcFunctionMetadata Metadata { get; }

    public string Name => Metadata.Name;

    /// <summary>The kind of trigger, such as <c>httpTrigger</c>.</summary>
    public string Trigger => _trigger.GetProperty("type").GetString()!;

    /// <summary>The parameter that the trigger is bound to.</summary>
    public string Parameter => _trigger.GetProperty("name").GetString()!;

    public string? Text(string setting) => _trigger.TryGetProperty(setting, out var value) ? value.ToString() : null;

    public bool IsTrue(string setting) => _trigger.TryGetProperty(setting, out var value) && value.ValueKind == JsonValueKind.True;

    public IReadOnlyList<string> Methods => [.. _trigger.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)];

    public bool Is(string trigger) => Trigger.Equals(trigger, StringComparison.OrdinalIgnoreCase);
}
