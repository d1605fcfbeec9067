using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Messaging.ServiceBus;
using FunctionsHost;
using LocalAzurite;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using TestDoubles.Networks;
using TestDoubles.Storage;

namespace Payments.Functions.Host.Tests;

/// <summary>The function app over a storage and a broker of its own.</summary>
public class RunningApp : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>What ends a test that would hang; far beyond what anything takes on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan? _callTimeout;
    private AzuriteServer? _azurite;
    private LocalServiceBusServer? _broker;
    private ServiceBusClient? _bus;
    private FunctionHostOptions _options = new();

    public RunningApp()
    {
    }

    /// <param name="callTimeout">How long the worker waits for its storage; by default as long as the app does anywhere.</param>
    protected RunningApp(TimeSpan callTimeout) => _callTimeout = callTimeout;

    internal FunctionHost Host { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    /// <summary>Bears the master key.</summary>
    internal HttpClient Operator { get; private set; } = null!;

    internal TelemetrySink Telemetry { get; private set; } = null!;

    /// <summary>Between the worker and its storage.</summary>
    internal NetworkLink ToStorage { get; private set; } = null!;

    /// <summary>Behind that link: calls to the storage can be held here.</summary>
    internal FaultyProxy StorageCalls { get; private set; } = null!;

    /// <summary>Between the worker and its broker; the host receives past it.</summary>
    internal NetworkLink ToBroker { get; private set; } = null!;

    /// <summary>The storage itself, past the link.</summary>
    internal string Storage => _azurite!.ConnectionString;

    internal string Broker => _broker!.ConnectionString;

    public static string NewAccount() => $"acct-{Guid.NewGuid():N}";

    public static string Payment(string account, string method = "pm_ok") => $$"""{"accountId":"{{account}}","amount":1250,"currency":"EUR","paymentMethod":"{{method}}"}""";

    public static string Order(string account) =>
        $$"""{"userId":"ada","orderReference":"{{account}}","items":[{"sku":"{{account}}","quantity":2,"unitPrice":700}],"currency":"EUR","accountId":"{{account}}","paymentMethod":"pm_ok"}""";

    public static string Command(string id, string account, string method = "pm_ok", string type = "payment.create") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/tests","type":"{{type}}","time":"2026-11-24T12:00:00Z","data":{{Payment(account, method)}}}""";

    public async Task InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        _broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = EmulatorConfiguration.Parse(await File.ReadAllTextAsync(PathOf("Queues"))) });
        Telemetry = await TelemetrySink.StartAsync();
        _bus = new ServiceBusClient(_broker.ConnectionString);

        StorageCalls = await FaultyProxy.StartAsync(_azurite.ConnectionString);
        ToStorage = new NetworkLink(new Uri(StorageCalls.Address).Port);
        ToBroker = new NetworkLink(_broker.Port);

        // A dead worker's claim is taken over within a second or two, and what was left unsent or failed comes again as soon.
        _options = new FunctionHostOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["PaymentsStorage"] = Through(ToStorage, _azurite.Port, _azurite.ConnectionString),
                ["ServiceBusConnection"] = _broker.ConnectionString,
                ["Gateway__Kind"] = "Simulated",
                ["Idempotency__Lease"] = "00:00:01",
                ["Idempotency__ClockSkewMargin"] = "00:00:00",
                ["Inbox__Rules__MaxDeliveryCount"] = "10",
                ["Inbox__FirstRedeliveryPause"] = "00:00:00.020",
                ["Inbox__MaxRedeliveryPause"] = "00:00:00.320",
                ["Outbox__SweepAfter"] = "00:00:01",
                ["Outbox__FirstRetryDelay"] = "00:00:00",
                // A step that died is woken after both of these; its message waits in the queue for as long.
                ["Orders__StepTimeout"] = "00:00:05",
                ["Sagas__LeaseMargin"] = "00:00:02",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            },
            WorkerSettings = new Dictionary<string, string> { ["ServiceBusConnection"] = Through(ToBroker, _broker.Port, _broker.ConnectionString) },
        };
        if (_callTimeout is { } timeout)
        {
            var value = timeout.ToString("c", CultureInfo.InvariantCulture);
            _options = _options with { WorkerSettings = new Dictionary<string, string>(_options.WorkerSettings) { ["TableStorage__CallTimeout"] = value, ["TableStorage__NetworkTimeout"] = value } };
        }

        Host = await FunctionHost.StartAsync(_options);
        Client = Host.Client();
        Operator = Host.Client(FunctionKeys.Master);
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        Client?.Dispose();
        Operator?.Dispose();
        await (Telemetry?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_bus?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (ToStorage?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (StorageCalls?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (ToBroker?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_broker?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    internal static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string key, string json, string? prefer = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        return await client.SendAsync(request, cancellationToken);
    }

    /// <summary>Holds the gateway's answer to the next charge: the charge is made, and nothing is committed.</summary>
    internal HeldCalls HoldCharge() =>
        StorageCalls.Held = new HeldCalls(call => call.Operation == StorageOperation.Insert && call.IsTo("GatewayCharges") && call.HasRow("charge|"), CallMoment.AfterEffect);

    /// <summary>Holds the gateway's look at a charge that an earlier attempt has made. Unlike the charge itself, it ends when it is told to.</summary>
    internal HeldCalls HoldSecondLookAtCharge() =>
        StorageCalls.Held = new HeldCalls(
            call => call.Operation == StorageOperation.Read && call.IsTo("GatewayCharges") && call.Path.Contains("'charge%7C", StringComparison.OrdinalIgnoreCase), CallMoment.BeforeEffect, number: 2);

    internal Task<HttpResponseMessage> PayAsync(string key, string json, string? prefer = null) => PostAsync(Client, "/api/payments", key, json, prefer);

    internal async Task<int> ChargesAsync(string account)
    {
        using var charges = JsonDocument.Parse(await Operator.GetStringAsync($"/api/simulator/charges?accountId={account}"));
        return charges.RootElement.GetArrayLength();
    }

    internal async Task<int> ReceiptsAsync(string account)
    {
        using var mails = JsonDocument.Parse(await Operator.GetStringAsync("/api/simulator/mailbox"));
        return mails.RootElement.EnumerateArray().Count(mail => mail.GetRawText().Contains(account, StringComparison.Ordinal));
    }

    /// <summary>Starts another host of the app on the same storage and broker.</summary>
    internal Task<FunctionHost> StartAnotherAsync() => FunctionHost.StartAsync(_options);

    /// <summary>Takes the next message of a queue and gives it up.</summary>
    internal async Task DeadLetterNextAsync(string queue)
    {
        await using var receiver = await _bus!.AcceptNextSessionAsync(queue);
        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(Limit), "GivenUp", "By a test.");
    }

    internal async Task SendAsync(string queue, string session, string body, string? messageId = null, string contentType = "application/cloudevents+json")
    {
        await using var sender = _bus!.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = messageId ?? Guid.NewGuid().ToString(), SessionId = session, ContentType = contentType });
    }

    /// <summary>Waits until nothing is left in a queue, neither waiting nor in hand.</summary>
    internal async Task EmptyAsync(string queue)
    {
        await using var receiver = _bus!.CreateReceiver(queue);
        await UntilAsync(async () => await receiver.PeekMessageAsync(0) is null, $"the queue {queue} is empty");
    }

    internal async Task<ServiceBusReceivedMessage> DeadLetterAsync(string queue, string messageId)
    {
        await using var receiver = _bus!.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        ServiceBusReceivedMessage? found = null;
        await UntilAsync(
            async () => (found = (await receiver.PeekMessagesAsync(100, 0)).FirstOrDefault(letter => letter.MessageId == messageId)) is not null, $"the dead letter {messageId} is in {queue}");
        return found!;
    }

    internal async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            // What is waited for would not come before a lock has ended.
            Assert.Empty(Host.Unsettled);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"It never came that {what}. {Host.Output} {string.Join('\n', Host.Errors)}");
            await Task.Delay(Pause);
        }
    }

    private static string Through(NetworkLink link, int port, string connectionString) =>
        connectionString.Replace(port.ToString(CultureInfo.InvariantCulture), link.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string PathOf(string name) => typeof(RunningApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == name).Value!;
}
