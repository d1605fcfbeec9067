using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Payments.Functions.Host.Tests;

/// <summary>Takes what the worker exports by OTLP over HTTP, as bytes: texts stand in them as they are.</summary>
internal sealed class TelemetrySink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetrySink(WebApplication app) => _app = app;

    /// <summary>What was exported, by its path (<c>/v1/logs</c>, <c>/v1/traces</c>, <c>/v1/metrics</c>).</summary>
    public ConcurrentQueue<(string Path, string Text)> Exports { get; } = new();

    /// <summary>The category of each line that was logged.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public string Address => _app.Urls.Single();

    public static async Task<TelemetrySink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sink = new TelemetrySink(builder.Build());
        sink._app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            foreach (var category in request.Path == "/v1/logs" ? ExportedLogs.CategoriesOf(body.ToArray()) : [])
            {
                sink.Lines.Enqueue(category);
            }

            sink.Exports.Enqueue((request.Path, Encoding.Latin1.GetString(body.ToArray())));
        });
        await sink._app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
