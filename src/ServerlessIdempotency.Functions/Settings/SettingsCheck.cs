using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.Settings;

/// <summary>Finds what would go wrong later, when the app starts.</summary>
internal sealed class SettingsCheck(HostSettings host, IdempotencyOptions engine)
{
    /// <summary>After which the front end of Azure gives up on a request, whatever the plan.</summary>
    private static readonly TimeSpan FrontEndTimeout = TimeSpan.FromSeconds(230);

    /// <summary>What is wrong with the defaults, which also hold for functions that call the engine themselves.</summary>
    public IEnumerable<string> CheckDefaults() =>
        [.. CheckTimes("Idempotency", "Idempotency:Lease", engine.Lease, "Idempotency:Retention", engine.Retention), .. CheckLimit("Idempotency", "Idempotency:MaxExecution", engine.MaxExecution)];

    /// <summary>What is wrong with a function.</summary>
    public IEnumerable<string> Check(IdempotentFunction function)
    {
        var (description, settings, trigger) = function;
        var who = $"[Idempotent] on {description.Name}";
        if (trigger is null)
        {
            yield return $"{who} has no effect. It is for HTTP functions, and for Service Bus functions where ServerlessIdempotency.Functions.ServiceBus is installed and builder.UseServiceBusIdempotency() called. Call IdempotencyEngine in other functions.";
            yield break;
        }

        var lease = settings.Lease ?? engine.Lease;
        var retention = settings.Retention ?? trigger.DefaultRetention;
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

        var limit = settings.MaxExecution ?? engine.MaxExecution;
        if (limit < TimeSpan.FromSeconds(1) || limit > TimeSpan.FromDays(1))
        {
            yield return $"{who} has MaxExecution = {limit}: set it between 00:00:01 and 1.00:00:00.";
        }

        if (settings.MaxExecution is not null)
        {
            foreach (var fault in CheckLimit(who, "MaxExecution", limit))
            {
                yield return fault;
            }
        }

        foreach (var fault in trigger.Check(description, settings, host))
        {
            yield return $"{who} {fault}";
        }
    }

    /// <summary>What may be meant and mostly is not; null for nothing.</summary>
    public string? WarningOf(IdempotentFunction function) =>
        function.Trigger is HttpFunctionTrigger && (function.Settings.MaxExecution ?? engine.MaxExecution) is var limit && limit <= FrontEndTimeout
            ? $"{function.Description.Name} is stopped after MaxExecution ({limit}), although Azure's front end waits for {FrontEndTimeout}. A longer one lets a client that the front end has left find its result."
            : null;

    // The host kills what runs longer, with whatever else the process has in hand: the handler is to be told first.
    private IEnumerable<string> CheckLimit(string who, string name, TimeSpan limit)
    {
        if (limit >= host.FunctionTimeout)
        {
            yield return $"{who}: {name} ({limit}) must be shorter than functionTimeout in host.json ({host.FunctionTimeout}): else the host ends the process before the function is told to stop.";
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
}
