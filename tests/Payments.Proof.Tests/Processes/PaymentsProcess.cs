using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Payments.Api;
using Payments.DependencyInjection;
using Payments.Orders;
using Payments.Parked;
using Payments.Proof.Tests.Outside;
using Payments.Queues;
using Payments.Undecided;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Processes;

/// <summary>The whole app as a host starts it, called as a host calls it: by its routes and by what its queues bring.</summary>
internal sealed class PaymentsProcess(IServiceProvider services)
{
    /// <summary>Over how many partitions payments and orders are spread: more than one, and few enough to be looked through after each run.</summary>
    public const int Shards = 4;

    // One lane, so that the order in which messages are sent does not hang on a hash that is another in every run of the tests. The sweep is a job of the proof.
    private static readonly IConfiguration Configuration = new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Outbox:SweepInterval"] = "00:00:00",
            ["Outbox:DispatchConcurrency"] = "1",
            ["Payments:ShardCount"] = Shards.ToString(CultureInfo.InvariantCulture),
        })
        .Build();

    private static readonly string[] ToldHeaders = ["Content-Type", "Location", "Idempotency-Expires"];

    // What the app registers is the same for every process; registering it again for each of many thousands would take most of the time.
    private static readonly IServiceCollection Registrations = Register();

    private readonly Lazy<QueueMessages> _queues = new(services.GetRequiredService<QueueMessages>);

    /// <param name="process">The process.</param>
    /// <param name="outside">Registers the ways to what is outside, in place of the app's own.</param>
    public static async Task<PaymentsProcess> StartAsync(ProofProcess process, Action<IServiceCollection> outside)
    {
        IServiceCollection services = new ServiceCollection();
        foreach (var registration in Registrations)
        {
            services.Add(registration);
        }

        outside(process.AddTo(services));
        var provider = services.BuildServiceProvider();
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        return new PaymentsProcess(provider);
    }

    /// <summary>Sends a request to a route, and reads the answer as a client of the HTTP contract does: 5xx and in progress mean the same key again.</summary>
    public async Task<ProofAnswer> PostAsync(string route, string key, string? json = null, string? id = null)
    {
        var (status, headers, body) = await SendAsync(HttpMethods.Post, route, key, json, id);
        if (status >= 500 || (status == 409 && headers.RetryAfter.Count > 0))
        {
            var pause = int.TryParse(headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
            return new ProofAnswer.TryAgain(status.ToString(CultureInfo.InvariantCulture), pause);
        }

        // Every caller is told the same, first or replayed; whether it is a replay is the one thing that differs.
        var told = string.Concat(ToldHeaders.Where(headers.ContainsKey).Select(header => $" {header}: {headers[header]}"));
        return new ProofAnswer.Final($"{status}{told} {body}");
    }

    /// <summary>Has whatever is parked tried again, as a person would once the trouble is over.</summary>
    public async Task RetryParkedAsync()
    {
        var (_, _, body) = await SendAsync(HttpMethods.Get, "ListParked", key: null, json: null, id: null);
        using var parked = JsonDocument.Parse(body);
        foreach (var work in parked.RootElement.EnumerateArray())
        {
            await SendAsync(HttpMethods.Post, "ResolveParked", key: null, """{"decision":"retry","note":"The trouble is over."}""", work.GetProperty("id").GetString());
        }
    }

    /// <summary>Sends a request so long after the beginning of the run.</summary>
    public async Task<ProofAnswer> PostAtAsync(TimeSpan moment, string route, string key, string? json = null, string? id = null)
    {
        await UntilAsync(moment);
        return await PostAsync(route, key, json, id);
    }

    /// <summary>The gateway decides what it left undecided, so long after the beginning of the run.</summary>
    public async Task<ProofAnswer> DecideAtGatewayAsync(TimeSpan moment)
    {
        await UntilAsync(moment);
        await services.GetRequiredService<OutsideGateway>().DecideAsync();
        return new ProofAnswer.Final("decided");
    }

    /// <summary>A person looks once for a payment that is undecided, so long after the beginning of the run, and decides about it.</summary>
    public async Task<ProofAnswer> DecidePaymentAsync(TimeSpan moment, string decision)
    {
        await UntilAsync(moment);
        var (_, _, body) = await SendAsync(HttpMethods.Get, "ListParked", key: null, json: null, id: null);
        using var parked = JsonDocument.Parse(body);
        if (parked.RootElement.ValueKind != JsonValueKind.Array)
        {
            return new ProofAnswer.TryAgain("the list can't be read", TimeSpan.FromSeconds(1));
        }

        foreach (var work in parked.RootElement.EnumerateArray())
        {
            var (status, _, _) = await SendAsync(
                HttpMethods.Post, "ResolveParked", key: null, $$"""{"decision":"{{decision}}","note":"The bank was asked."}""", work.GetProperty("id").GetString());
            if (status >= 500)
            {
                return new ProofAnswer.TryAgain(status.ToString(CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1));
            }

            services.GetRequiredService<PersonsAnswers>().Note(decision, status);
        }

        return new ProofAnswer.Final("has looked");
    }

    /// <summary>Sends a request until an attempt of it has ended, and never again, whatever is answered.</summary>
    public async Task<ProofAnswer> PostUntilEndedAsync(string route, string key, string json)
    {
        var (status, headers, _) = await SendAsync(HttpMethods.Post, route, key, json, id: null);
        return status == 409 && headers.RetryAfter.Count > 0 ? new ProofAnswer.TryAgain("in progress", TimeSpan.FromSeconds(5)) : new ProofAnswer.Final("an attempt has ended");
    }

    /// <summary>Looks once for payments that are undecided, as the timer does: a while after its last look.</summary>
    public async Task SweepUndecidedAsync()
    {
        await Task.Delay(TimeSpan.FromMinutes(5), services.GetRequiredService<TimeProvider>());
        await services.GetRequiredService<UndecidedPaymentSweeper>().SweepAsync(CancellationToken.None);
    }

    /// <summary>Takes what a queue brings.</summary>
    public Task<Settlement> ReceiveAsync(string queue, InboundMessage message) =>
        _queues.Value.ReceiveAsync(queue, message, CancellationToken.None);

    /// <summary>Looks once for messages that were left behind, as the timer does.</summary>
    public Task SweepAsync() => services.GetRequiredService<OutboxSweeper>().SweepAsync(CancellationToken.None);

    /// <summary>Looks once for orders that were not woken, as the timer does.</summary>
    public Task SweepSagasAsync() => services.GetRequiredService<SagaSweeper>().SweepAsync(CancellationToken.None);

    private async Task UntilAsync(TimeSpan moment)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        if (StandingClock.Now + moment - clock.GetUtcNow() is { Ticks: > 0 } pause)
        {
            await Task.Delay(pause, clock);
        }
    }

    private async Task<(int Status, IHeaderDictionary Headers, string Body)> SendAsync(string method, string route, string? key, string? json, string? id)
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = method;
        request.Path = "/" + route;
        request.RouteValues["id"] = id;
        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        if (json is not null)
        {
            request.ContentType = "application/json";
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(json));
        }

        var body = new MemoryStream();
        context.Response.Body = body;
        await (await AnswerAsync(route, request, id ?? "")).ExecuteAsync(context);
        return (context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(body.ToArray()));
    }

    private Task<IResult> AnswerAsync(string route, HttpRequest request, string id) => route switch
    {
        nameof(PaymentsRoutes.CreatePayment) => services.GetRequiredService<PaymentsApi>().CreateAsync(request, CancellationToken.None),
        nameof(PaymentsRoutes.CapturePayment) => services.GetRequiredService<PaymentsApi>().CaptureAsync(request, id, CancellationToken.None),
        nameof(PaymentsRoutes.RefundPayment) => services.GetRequiredService<PaymentsApi>().RefundAsync(request, id, CancellationToken.None),
        nameof(PaymentsRoutes.PlaceOrder) => services.GetRequiredService<OrdersApi>().PlaceAsync(request, CancellationToken.None),
        nameof(PaymentsRoutes.ListParked) => services.GetRequiredService<ParkedApi>().ListAsync(request, CancellationToken.None),
        nameof(PaymentsRoutes.ResolveParked) => services.GetRequiredService<ParkedApi>().ResolveAsync(request, id, CancellationToken.None),
        _ => throw new NotSupportedException($"The proofs send nothing to {route}."),
    };

    private static ServiceCollection Register()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders());
        services.AddPayments(Configuration);
        return services;
    }
}
