using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>Probes that attributes name by their type.</summary>
internal static class ProbeTypes
{
    /// <summary>Asks a probe of the app's services, or one that is made with them for this question.</summary>
    public static async Task<ProbeOutcome<HandlerOutcome<OperationResult>>> AskAsync(this Type probe, IServiceProvider services, OperationContext context, CancellationToken cancellationToken)
    {
        if (services.GetService(probe) is IOperationProbe registered)
        {
            return await registered.ProbeAsync(context, cancellationToken);
        }

        var made = (IOperationProbe)ActivatorUtilities.CreateInstance(services, probe);
        try
        {
            return await made.ProbeAsync(context, cancellationToken);
        }
        finally
        {
            switch (made)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
