using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Payments.Api;
using Payments.DependencyInjection;
using Payments.Orders;
using Payments.Queues;
using Payments.Undecided;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Tests;

/// <summary>The routes over HTTP in this process, over memory. Callers name themselves by the header <c>X-Merchant</c>.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app, ErrorLog errors)
    {
        _app = app;
        Errors = errors;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public CountingRowStore Store => (CountingRowStore)_app.Services.GetRequiredService<IRowStore>();

    public RecordingSender Broker => (RecordingSender)_app.Services.GetRequiredService<IMessageSender>();

    public PaymentCommandConsumer Commands => _app.Services.GetRequiredService<PaymentCommandConsumer>();

    public PaymentEventConsumer Events => _app.Services.GetRequiredService<PaymentEventConsumer>();

    public UndecidedPaymentSweeper Undecided => _app.Services.GetRequiredService<UndecidedPaymentSweeper>();

    public ErrorLog Errors { get; }

    public OrderMessages Orders => _app.Services.GetRequiredService<OrderMessages>();

    public IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint> Endpoints => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).ToList();

    public static Task<ApiHost> StartAsync(params (string Name, string Value)[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<ApiHost> StartAsync(TimeProvider clock, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        // Tests count round trips, so nothing sweeps in the background.
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Outbox:SweepInterval", (string?)"00:00:00")]);
        builder.Services.AddSingleton<IRowStore>(new CountingRowStore(new InMemoryRowStore()));
        builder.Services.AddKeyedSingleton<IRowStore>(PaymentsServiceCollectionExtensions.GatewayStoreKey, new InMemoryRowStore());
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<IMessageSender, RecordingSender>();
        builder.Services.AddPayments(builder.Configuration, http => http.Principal = context => context.Request.Headers["X-Merchant"] is [{ } merchant] ? merchant : "anonymous");
        var errors = new ErrorLog();
        builder.Logging.AddProvider(errors);
        var app = builder.Build();
        app.MapPayments();
        await app.StartAsync();
        return new ApiHost(app, errors);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string? json, string? key = "k-1", string contentType = "application/json", string? merchant = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (merchant is not null)
        {
            request.Headers.Add("X-Merchant", merchant);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>What was sent so far. Everything that was committed before is sent.</summary>
    public async Task<IReadOnlyList<OutboundMessage>> SentAsync()
    {
        await _app.Services.GetRequiredService<OutboxDispatcher>().DrainAsync(CancellationToken.None);
        return [.. Broker.Sent];
    }

    /// <summary>Looks once for messages that were left behind, as the timer does.</summary>
    public Task SweepAsync() => _app.Services.GetRequiredService<OutboxSweeper>().SweepAsync(CancellationToken.None);

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await Client.GetStringAsync(path)).RootElement;

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
