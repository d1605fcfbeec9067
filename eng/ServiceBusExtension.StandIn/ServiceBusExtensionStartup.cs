using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServiceBusExtension.Settling;

[assembly: WorkerExtensionStartup(typeof(ServiceBusExtensionStartup))]

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Registers what the converters need when the worker starts.</summary>
public sealed class ServiceBusExtensionStartup : WorkerExtensionStartup
{
    // By what the official host knows where it runs: Core Tools, App Service, a site of any plan, and Flex Consumption, which has no instance id. It knows a container there by
    // CONTAINER_NAME as well, but only together with the last one: any other container may have that name.
    private static readonly string[] OfficialHosts = ["FUNCTIONS_CORETOOLS_ENVIRONMENT", "WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_POD_NAME", "LEGION_SERVICE_HOST"];

    /// <inheritdoc/>
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder)
    {
        ArgumentNullException.ThrowIfNull(applicationBuilder);
        if (OfficialHosts.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
        {
            throw new InvalidOperationException(
                "This app was built with a stand-in for Microsoft.Azure.Functions.Worker.Extensions.ServiceBus, since the package feed lacks that package, and the Functions host "
                    + "would deliver no message to it. Build it with a feed that has the package, after deleting eng/ServiceBusExtension/choice.g.props.");
        }

        applicationBuilder.Services.AddGrpcClient<Settlement.SettlementClient>((services, options) => options.Address = HostOf(services.GetRequiredService<IConfiguration>()));
    }

    // The host tells its worker by the command line, in a newer or an older way.
    private static Uri HostOf(IConfiguration configuration) => new(configuration["Functions:Worker:HostEndpoint"] ?? $"http://{configuration["HOST"]}:{configuration["PORT"]}");
}
