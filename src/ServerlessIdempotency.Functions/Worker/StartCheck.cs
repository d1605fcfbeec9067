using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stops the app at its start where a function could not do what its attribute says.</summary>
internal sealed partial class StartCheck(FunctionCatalog catalog, IOptions<IdempotencyOptions> engine, ILogger<StartCheck> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (description, settings, trigger) in (await catalog.ReadAsync()).Values)
        {
            // No fault: a shorter limit may be meant. A longer one is what lets a client that the front end has left find its result.
            if (trigger is HttpFunctionTrigger && (settings.MaxExecution ?? engine.Value.MaxExecution) is var limit && limit <= SettingsCheck.FrontEndTimeout)
            {
                StopsBeforeFrontEnd(logger, description.Name, limit, SettingsCheck.FrontEndTimeout);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(21, LogLevel.Warning, "{Function} is stopped after {MaxExecution}, although Azure's front end waits for {FrontEndTimeout}: set MaxExecution above that unless it is meant so.")]
    private static partial void StopsBeforeFrontEnd(ILogger logger, string function, TimeSpan maxExecution, TimeSpan frontEndTimeout);
}
