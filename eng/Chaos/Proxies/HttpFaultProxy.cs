using Chaos.Randomness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chaos.Proxies;

/// <summary>Spreads the clients' requests over the instances, and drops, delays and duplicates some, or loses their answers.</summary>
internal sealed class HttpFaultProxy : IAsyncDisposable
{
    // No instance takes longer for an answer unless it is frozen.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private static readonly string[] ForwardedHeaders = ["Idempotency-Key", "Content-Type", "Prefer"];

    private readonly int _seed;
    private readonly Func<IReadOnlyList<Uri>> _instances;
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = MaxWait };
    private long _requests;
    private long _dropped;
    private long _lostReplies;
    private long _duplicates;
    private int _inFlight;

    private HttpFaultProxy(int seed, Func<IReadOnlyList<Uri>> instances)
    {
        _seed = seed;
        _instances = instances;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public bool MakesFaults { get; set; }

    /// <summary>How many requests are on their way to an instance, those that no client waits for included.</summary>
    public int InFlight => _inFlight;

    public long Duplicates => _duplicates;

    public string Description => $"{_requests:N0} requests, {_dropped:N0} dropped, {_lostReplies:N0} replies lost, {_duplicates:N0} duplicated";

    /// <param name="seed">The run's seed.</param>
    /// <param name="instances">Where the instances are at this moment, the dead ones included: a load balancer finds that out late, too.</param>
    public static async Task<HttpFaultProxy> StartAsync(int seed, Func<IReadOnlyList<Uri>> instances)
    {
        var proxy = new HttpFaultProxy(seed, instances);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var random = SeededRandom.For(_seed, "http", Interlocked.Increment(ref _requests));
        var faults = MakesFaults ? HttpFaults.Choose(random) : HttpFaults.None;
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            await Task.Delay(faults.Delay, context.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException)
        {
            return;
        }

        if (faults.IsDropped)
        {
            Interlocked.Increment(ref _dropped);
            context.Abort();
            return;
        }

        // What has left goes on, whether or not the client still waits: only so does a client's time-out meet its own earlier request.
        var answers = new List<Task<HttpResponseMessage?>> { ForwardAsync(context.Request, body.ToArray(), random) };
        if (faults.IsDuplicated)
        {
            Interlocked.Increment(ref _duplicates);
            answers.Add(ForwardAsync(context.Request, body.ToArray(), random));
        }

        var first = await Task.WhenAny(answers);
        using var answer = await first;
        foreach (var other in answers.Where(other => other != first))
        {
            _ = other.ContinueWith(static done => done.Result?.Dispose(), TaskScheduler.Default);
        }

        if (faults.IsReplyLost || answer is null)
        {
            Interlocked.Add(ref _lostReplies, answer is null ? 0 : 1);
            context.Abort();
            return;
        }

        await ReplyAsync(context, answer);
    }

    private async Task<HttpResponseMessage?> ForwardAsync(HttpRequest request, byte[] body, Random random)
    {
        using var copy = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(random.Of(_instances()), request.Path + request.QueryString));
        if (body.Length > 0)
        {
            copy.Content = new ByteArrayContent(body);
        }

        foreach (var name in ForwardedHeaders)
        {
            if (request.Headers.TryGetValue(name, out var values) && !copy.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        Interlocked.Increment(ref _inFlight);
        try
        {
            return await _http.SendAsync(copy);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The instance is dead, or died with the request in hand.
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static async Task ReplyAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        try
        {
            await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync(), context.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has given up waiting.
        }
    }
}
