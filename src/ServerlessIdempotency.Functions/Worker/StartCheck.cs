using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stops the app at its start where a function could not do what its attribute says.</summary>
internal sealed class StartCheck(IOptions<IdempotencyOptions> engine, IOptions<FunctionIdempotencyOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The host reads the host.json that lies beside the app.
        var check = new SettingsCheck(HostSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json")), engine.Value, options.Value);
        List<string> faults = [.. check.CheckDefaults()];
        foreach (var (function, attribute) in Assembly.GetEntryAssembly() is { } app ? FunctionCatalog.List(app) : [])
        {
            var settings = FunctionSettings.Read(function, attribute, faults);
            faults.AddRange(check.Check(function, settings));
        }

        return faults.Count == 0 ? Task.CompletedTask : throw new OptionsValidationException(nameof(IdempotentAttribute), typeof(IdempotentAttribute), faults);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
