using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.Functions.Keys;

namespace ServerlessIdempotency.Functions.Settings;

/// <summary>Finds what would go wrong later, when the app starts.</summary>
internal sealed class SettingsCheck(HostSettings host, IdempotencyOptions engine, FunctionIdempotencyOptions options)
{
    /// <summary>What is wrong with the defaults, which also hold for functions that call the engine themselves.</summary>
    public IEnumerable<string> CheckDefaults() =>
        [.. CheckTimes("Idempotency", "Idempotency:Lease", engine.Lease, "Idempotency:Retention", engine.Retention)];

    /// <summary>What is wrong with a function.</summary>
    public IEnumerable<string> Check(FunctionDescription function, FunctionSettings settings)
    {
        var who = $"[Idempotent] on {function.Name}";
        var lease = settings.Lease ?? engine.Lease;
        var retention = settings.Retention ?? (function.Kind == FunctionKind.ServiceBus ? options.ProcessedEventRetention : engine.Retention);
        if (lease < TimeSpan.FromSeconds(1) || lease > TimeSpan.FromHours(1))
        {
            yield return $"{who} has Lease = {lease}: set it between 00:00:01 and 01:00:00.";
        }

        if (retention < TimeSpan.FromMinutes(1) || retention > TimeSpan.FromDays(400))
        {
            yield return $"{who} has Retention = {retention}: set it between 00:01:00 and 400.00:00:00.";
        }

        foreach (var fault in CheckTimes(who, "Lease", lease, "Retention", retention))
        {
            yield return fault;
        }

        var rules = function.Kind switch
        {
            FunctionKind.Http => CheckHttp(function, settings),
            FunctionKind.ServiceBus => CheckServiceBus(function, settings),
            _ => ["has no effect: it is for HTTP and Service Bus functions. Call IdempotencyEngine in the function instead."],
        };
        foreach (var fault in rules)
        {
            yield return $"{who} {fault}";
        }
    }

    private IEnumerable<string> CheckTimes(string who, string leaseName, TimeSpan lease, string retentionName, TimeSpan retention)
    {
        // The lease is renewed while the function runs, so a long one helps no function; it only makes retries wait for a host that has stopped it for certain.
        if (lease > host.FunctionTimeout)
        {
            yield return $"{who}: {leaseName} ({lease}) is longer than functionTimeout in host.json ({host.FunctionTimeout}). No function runs that long, but after a crash every retry would have to wait for it: shorten the lease.";
        }

        // Past its retention a key is a new operation, even while the old one still runs.
        if (retention <= host.FunctionTimeout || retention <= lease)
        {
            yield return $"{who}: {retentionName} ({retention}) must be longer than {leaseName} ({lease}) and functionTimeout in host.json ({host.FunctionTimeout?.ToString() ?? "none"}).";
        }
    }

    private static IEnumerable<string> CheckHttp(FunctionDescription function, FunctionSettings settings)
    {
        if (settings.Key is KeySource.Property || settings.PrincipalProperty is not null)
        {
            yield return "names a message property, but it is an HTTP function: use KeyHeader or KeyBodyPath, and HttpIdempotencyOptions.Principal.";
        }

        if (!typeof(IResult).IsAssignableFrom(function.ReturnType) && !typeof(IActionResult).IsAssignableFrom(function.ReturnType))
        {
            yield return $"returns {function.ReturnType.Name}, which can't be stored whole: return IResult or IActionResult.";
        }
    }

    private IEnumerable<string> CheckServiceBus(FunctionDescription function, FunctionSettings settings)
    {
        if (settings.Key is KeySource.Header || settings.RequireKey)
        {
            yield return "sets KeyHeader or RequireKey, which are for HTTP functions: use KeyProperty or KeyBodyPath. A message always needs a key.";
        }

        if (!function.TakesReceivedMessage)
        {
            yield return "is not bound to one message: bind the trigger to a ServiceBusReceivedMessage, not to its body or to a batch.";
        }

        if (function.AutoCompletes ?? host.AutoCompleteMessages)
        {
            yield return "lets the host complete messages, even those that are still in progress elsewhere: set AutoCompleteMessages = false on its trigger, or autoCompleteMessages to false in host.json.";
        }

        if (function.ReturnType != typeof(void) && function.ReturnType != typeof(MessageOutcome))
        {
            yield return $"returns {function.ReturnType.Name}, which a duplicate would not: return nothing or a MessageOutcome.";
        }
    }
}
