using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>An app on a test server, over the store in memory and fake time.</summary>
internal sealed class WebFixture : IAsyncDisposable
{
    private int _runs;

    private WebFixture(Action<HttpIdempotencyOptions>? configure, Action<IdempotencyOptions>? configureEngine, Action<IServiceCollection>? configureServices)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IRowStore>(Store);
        builder.Services.Configure<RowWriterOptions>(options => options.ResendDelay = TimeSpan.Zero);
        builder.Services.AddIdempotency(options =>
        {
            options.LocalCacheBytes = 0;
            configureEngine?.Invoke(options);
        }).AddHttp(configure);
        configureServices?.Invoke(builder.Services);
        App = builder.Build();
    }

    public TestClock Clock { get; } = new();

    public TestRowStore Store { get; } = new();

    public WebApplication App { get; }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>How often a handler has counted itself.</summary>
    public int Runs => _runs;

    public static async Task<WebFixture> StartAsync(
        Action<WebFixture> map, Action<HttpIdempotencyOptions>? configure = null, Action<IdempotencyOptions>? configureEngine = null, Action<IServiceCollection>? configureServices = null)
    {
        var fixture = new WebFixture(configure, configureEngine, configureServices);
        fixture.App.Use((context, next) =>
        {
            if (context.Request.Headers["X-User"] is [{ Length: > 0 } user])
            {
                var issuer = context.Request.Headers["X-Issuer"] is [{ Length: > 0 } named] ? named : "issuer";
                var claim = context.Request.Headers.ContainsKey("X-Name-Only") ? ClaimTypes.Name : "sub";
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(claim, user, null, issuer)], "test"));
            }

            return next(context);
        });
        map(fixture);
        await fixture.App.StartAsync();
        fixture.Client = fixture.App.GetTestClient();
        return fixture;
    }

    /// <summary>An app with one endpoint, /things/{id}, whose POST and PATCH require a key.</summary>
    public static Task<WebFixture> StartAsync(Func<WebFixture, HttpContext, Task> endpoint, Action<HttpIdempotencyOptions>? configure = null, Action<IdempotencyOptions>? configureEngine = null) =>
        StartAsync(
            fixture =>
            {
                fixture.App.MapMethods("/things/{id}", ["POST", "PATCH"], context => endpoint(fixture, context)).RequireIdempotencyKey();
                fixture.App.MapMethods("/things/{id}", ["PUT", "DELETE", "GET"], context => endpoint(fixture, context)).WithIdempotency();
            },
            configure,
            configureEngine);

    public int CountRun() => Interlocked.Increment(ref _runs);

    public Task<HttpResponseMessage> PostAsync(string? key = "k", string body = """{"amount":1}""", string uri = "/things/1", params (string Name, string Value)[] headers) =>
        Client.SendAsync(Request(HttpMethod.Post, key, uri, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), headers));

    public static HttpRequestMessage Request(HttpMethod method, string? key, string uri, HttpContent? content, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, uri) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation(IdempotencyHeaders.Key, key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
