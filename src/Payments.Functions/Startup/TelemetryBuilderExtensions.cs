using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using Payments.Functions.Connections;

namespace Payments.Functions.Startup;

/// <summary>Sends traces, metrics and logs by OpenTelemetry, in the host's own traces: host.json says <c>"telemetryMode": "OpenTelemetry"</c>.</summary>
internal static class TelemetryBuilderExtensions
{
    private const string InsightsSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string OtlpSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Exports to Application Insights where its connection string is set, else by OTLP where an endpoint is set, else nowhere.</summary>
    public static void AddTelemetry(this FunctionsApplicationBuilder builder)
    {
        // What the framework tells of each request and of each call to storage and broker is many lines, and those of requests hold the query, with a function key in it.
        builder.Services.AddLogging(logging =>
        {
            foreach (var category in (string[])["Microsoft.AspNetCore", "System.Net.Http", "Azure", "Grpc"])
            {
                logging.AddFilter(category, LogLevel.Warning);
            }
        });

        var telemetry = builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults().WithMetrics(metrics => metrics.AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "ServerlessIdempotency"));
        if (builder.Configuration[InsightsSetting] is { Length: > 0 } connectionString)
        {
            var credential = TelemetryCredential.Read(builder.Configuration);
            var ratio = TelemetrySampling.ReadRatio(builder.Configuration);
            telemetry.UseAzureMonitorExporter(options =>
            {
                options.ConnectionString = connectionString;
                options.Credential = credential;

                // By default five traces a second are kept, and of all others no log either: what an alert waits for would be dropped under load.
                options.TracesPerSecond = null;
                options.SamplingRatio = ratio;
                options.EnableTraceBasedLogsSampler = false;
            });
        }
        else if (builder.Configuration[OtlpSetting] is { Length: > 0 })
        {
            telemetry.UseOtlpExporter();
        }
    }
}
