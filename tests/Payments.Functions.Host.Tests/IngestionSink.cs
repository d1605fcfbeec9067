using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Payments.Functions.Host.Tests;

/// <summary>Takes what the worker sends to Application Insights: a JSON envelope a line, gzipped.</summary>
internal sealed class IngestionSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngestionSink(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonElement> Envelopes { get; } = new();

    public string ConnectionString
    {
        get
        {
            var address = _app.Urls.Single();
            return $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={address}/;LiveEndpoint={address}/";
        }
    }

    public static async Task<IngestionSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sink = new IngestionSink(builder.Build());
        sink._app.MapPost("/v2.1/track", async (HttpRequest request) =>
        {
            await using var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            using var reader = new StreamReader(body);
            var items = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
            items.ForEach(sink.Envelopes.Enqueue);
            return TypedResults.Text($$"""{"itemsReceived":{{items.Count}},"itemsAccepted":{{items.Count}},"errors":[]}""", "application/json");
        });
        await sink._app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
