using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stops the app at its start where a function could not do what its attribute says.</summary>
internal sealed partial class StartCheck(FunctionCatalog catalog, IOptions<IdempotencyOptions> engine, HostSettings host, ILogger<StartCheck> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var check = new SettingsCheck(host, engine.Value);
        foreach (var function in (await catalog.ReadAsync()).Values)
        {
            if (check.WarningOf(function) is { } warning)
            {
                Warn(logger, warning);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(21, LogLevel.Warning, "{Warning}")]
    private static partial void Warn(ILogger logger, string warning);
}
