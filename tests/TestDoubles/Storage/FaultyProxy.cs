using System.Text;
using System.Text.RegularExpressions;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace TestDoubles.Storage;

/// <summary>
/// Stands between a table service and its clients, also those in other processes, and fails calls as a network does: the connection ends before the request
/// is passed on, or after it had its effect. What it passes on it passes on as it is, so signatures hold.
/// </summary>
public sealed partial class FaultyProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Expect" };

    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, MaxConnectionsPerServer = 256 });
    private readonly string _connectionString;
    private readonly Uri _service;
    private int _calls;
    private int _faults;

    private FaultyProxy(WebApplication app, string connectionString)
    {
        _app = app;
        _connectionString = connectionString;
        _service = new Uri(TableEndpoint().Match(connectionString) is { Success: true } match
            ? match.Groups[1].Value
            : throw new ArgumentException("The connection string has no TableEndpoint.", nameof(connectionString)));
    }

    /// <summary>What goes wrong with a call; null lets it through. It is asked by many calls at once, and may be changed at any time. Default none.</summary>
    public Func<StorageCall, StorageFault?>? Faults { get; set; }

    /// <summary>Calls that are held while a test breaks something; null for none. It may be changed at any time. Default none.</summary>
    public HeldCalls? Held { get; set; }

    /// <summary>How many calls came.</summary>
    public int Calls => _calls;

    /// <summary>How many of them were failed.</summary>
    public int Failed => _faults;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.First();

    /// <summary>The connection string of the service behind, with this proxy's address.</summary>
    public string ConnectionString => _connectionString.Replace(_service.GetLeftPart(UriPartial.Authority), Address, StringComparison.Ordinal);

    /// <summary>Starts a proxy on a free port of 127.0.0.1.</summary>
    /// <param name="connectionString">The table service's, with a <c>TableEndpoint</c>.</param>
    public static async Task<FaultyProxy> StartAsync(string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = null;
        });
        var proxy = new FaultyProxy(builder.Build(), connectionString);
        proxy._app.Run(proxy.PassOnAsync);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);

        // As it came: a path that was decoded and encoded again would have another signature.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var body = await BodyAsync(context.Request);
        var call = StorageCall.Of(new RequestMethod(context.Request.Method), target.Split('?')[0]) with { Content = Encoding.UTF8.GetString(body) };
        var fault = Faults?.Invoke(call);
        if (fault is not null)
        {
            Interlocked.Increment(ref _faults);
        }

        if (fault is StorageFault.Answered { Sent: false } answered)
        {
            context.Response.StatusCode = answered.Status;
            return;
        }

        // Whoever holds calls now has this one to its end.
        var held = Held;
        try
        {
            if (fault is StorageFault.Before || (held is not null && !await held.PassAsync(this, call, CallMoment.BeforeEffect)))
            {
                context.Abort();
                return;
            }

            // A client that goes does not take its request back: the service has it.
            using var request = ToRequest(context.Request, target, body);
            using var response = await _client.SendAsync(request, CancellationToken.None);
            var answer = await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
            if (fault is StorageFault.After || (held is not null && !await held.PassAsync(this, call, CallMoment.AfterEffect)))
            {
                context.Abort();
            }
            else if (fault is StorageFault.Answered after)
            {
                context.Response.StatusCode = after.Status;
            }
            else
            {
                await AnswerAsync(context.Response, response, answer);
            }
        }
        catch (HttpRequestException)
        {
            context.Abort();
        }
        finally
        {
            held?.End(call);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpRequest incoming)
    {
        using var body = new MemoryStream();
        await incoming.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private HttpRequestMessage ToRequest(HttpRequest incoming, string target, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri(_service, target));
        if (body.Length > 0 || incoming.ContentLength is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in incoming.Headers)
        {
            if (!OfOneConnection.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return request;
    }

    private static async Task AnswerAsync(HttpResponse outgoing, HttpResponseMessage response, byte[] body)
    {
        outgoing.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers))
        {
            if (!OfOneConnection.Contains(name) && name != "Content-Length")
            {
                outgoing.Headers.Append(name, values.ToArray());
            }
        }

        if (body.Length > 0)
        {
            outgoing.ContentLength = body.Length;
            await outgoing.Body.WriteAsync(body);
        }
    }

    [GeneratedRegex(@"TableEndpoint=(https?://[^/;]+)", RegexOptions.CultureInvariant)]
    private static partial Regex TableEndpoint();
}
