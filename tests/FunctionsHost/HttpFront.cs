using System.Net;
using System.Text;
using System.Text.Json;
using FunctionsHost.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FunctionsHost;

/// <summary>Takes requests for the worker: checks the key, has the function invoked, and passes the request on to the worker's own server.</summary>
internal sealed class HttpFront(FunctionHost host, FunctionHostOptions options) : IDisposable
{
    private static readonly string[] OwnHeaders = ["Host", "Transfer-Encoding", "Connection", "Content-Length", "Expect"];

    // Headers go on as they came, those included that no well-behaved client sends.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    private readonly string _prefix = ReadPrefix(Path.Combine(Path.GetDirectoryName(options.Worker)!, "host.json"));

    public void Map(WebApplication app, HostedFunction function) =>
        app.MapMethods($"/{_prefix}/{function.Text("route")}".Replace("//", "/", StringComparison.Ordinal), function.Methods.Select(method => method.ToUpperInvariant()), context => ServeAsync(function, context));

    public void Dispose() => _client.Dispose();

    // As host.json says, or the host's default.
    private static string ReadPrefix(string path)
    {
        using var settings = JsonDocument.Parse(File.ReadAllBytes(path));
        return settings.RootElement.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("http", out var http) && http.TryGetProperty("routePrefix", out var prefix)
            ? prefix.GetString()!
            : "api";
    }

    private async Task ServeAsync(HostedFunction function, HttpContext context)
    {
        var key = context.Request.Headers["x-functions-key"].FirstOrDefault() ?? context.Request.Query["code"].FirstOrDefault();
        if (options.AsksForKeys && !FunctionKeys.Opens(function.Text("authLevel"), function.Name, key))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var request = await CopyAsync(context);
        var worker = await host.WorkerAsync(context.RequestAborted);

        // As it came: a path that was decoded and encoded again could be another one.
        request.RequestUri = new Uri(worker.HttpAddress!, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var id = Guid.NewGuid().ToString();
        request.Headers.Add("x-ms-invocation-id", id);
        var http = new RpcHttp { Method = context.Request.Method, Url = request.RequestUri.ToString() };
        await using var aborted = context.RequestAborted.Register(() => worker.Cancel(id));
        try
        {
            var invoking = host.InvokeAsync(worker, id, function, [new ParameterBinding { Name = function.Parameter, Data = new TypedData { Http = http } }]);
            using var response = await SendAsync(request, context.RequestAborted);
            var body = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);

            // The worker answers 200 for a function that failed; the host knows better.
            await invoking;
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !OwnHeaders.Contains(header.Key)))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await context.Response.Body.WriteAsync(body);
        }
        catch (Exception exception) when (exception is InvocationFailedException or HttpRequestException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            host.Errors.Enqueue(exception);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    // The worker says where it serves before it listens.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await _client.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError && attempt < 50)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpContext context)
    {
        var copy = new HttpRequestMessage(new HttpMethod(context.Request.Method), (Uri?)null) { Version = HttpVersion.Version11 };
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > 0 || context.Request.ContentType is not null)
        {
            copy.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => !OwnHeaders.Contains(header.Key)))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return copy;
    }
}
