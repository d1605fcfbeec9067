using Microsoft.Extensions.Hosting;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stops the app at its start where a function could not do what its attribute says.</summary>
internal sealed class StartCheck(FunctionCatalog catalog) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => catalog.ReadAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
