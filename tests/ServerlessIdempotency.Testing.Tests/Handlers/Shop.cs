using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>A whole app as its start-up builds it: engine, inbox, outbox and sagas.</summary>
internal sealed class Shop(ProofProcess process, IServiceProvider services)
{
    // Resolved once: a container compiles what it is asked for again, which each of the many processes would pay for.
    private readonly IdempotencyEngine _engine = services.GetRequiredService<IdempotencyEngine>();
    private readonly MessageInbox _inbox = services.GetRequiredService<MessageInbox>();
    private readonly SagaRunner _sagas = services.GetRequiredService<SagaRunner>();
    private readonly OutboxSweeper _sweeper = services.GetRequiredService<OutboxSweeper>();
    private readonly SagaSweeper _sagaSweeper = services.GetRequiredService<SagaSweeper>();
    private readonly RedeliveryPolicy _redelivery = services.GetRequiredService<RedeliveryPolicy>();

    public const string Events = "events";

    public static readonly PartitionAddress Partition = new("Shop", "merchant");

    public static Task<Shop> StartAsync(ProofProcess process) => StartAsync(process, new ShopRelease());

    public static async Task<Shop> StartAsync(ProofProcess process, ShopRelease release)
    {
        var services = new ServiceCollection();
        process.AddTo(services).AddSingleton(process).AddSingleton(release).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));

        // Sweeping is a job of the proof, so that nothing goes on for ever.
        services.AddIdempotency().AddInbox().AddOutbox(outbox => outbox.SweepInterval = TimeSpan.Zero).AddSagas(sagas => sagas.WakeAgainAfter = TimeSpan.FromSeconds(100)).AddSaga<OrderSaga>();
        var provider = services.BuildServiceProvider();
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(default);
        }

        return new Shop(process, provider);
    }

    /// <summary>How often a saga was left alone by this build.</summary>
    public int LeftAlone { get; private set; }

    public Task SweepAsync() => _sweeper.SweepAsync(default);

    public Task SweepSagasAsync() => _sagaSweeper.SweepAsync(default);

    /// <summary>Sweeps once messages count as stranded, whoever may still be about to commit or to send.</summary>
    public async Task<ProofAnswer> SweepLaterAsync()
    {
        await Task.Delay(TimeSpan.FromMinutes(2), process.Clock);
        await SweepAsync();
        return new ProofAnswer.Final("swept");
    }

    /// <summary>Pays, and says so in a message.</summary>
    public async Task<ProofAnswer> PayAsync() => ProofAnswer.Of(await _engine.ExecuteAsync(Operation("pay"), PayAsync, default));

    /// <summary>Ships in two operations, one after the other, and says so in one session. One that forgets the session of the second lets it overtake.</summary>
    public async Task<ProofAnswer> ShipAsync(bool forgetsSession)
    {
        var packed = ProofAnswer.Of(await _engine.ExecuteAsync(Operation("pack"), (_, _) => SayAsync("packed", "o-1"), default));
        if (packed is not ProofAnswer.Final)
        {
            return packed;
        }

        await Task.Delay(TimeSpan.FromSeconds(1), process.Clock);
        return ProofAnswer.Of(await _engine.ExecuteAsync(Operation("send"), (_, _) => SayAsync("sent", forgetsSession ? null : "o-1"), default));
    }

    private static Task<HandlerOutcome<OperationResult>> SayAsync(string text, string? session) => Task.FromResult(
        HandlerOutcome.Completed(new OperationResult(200, [], Encoding.UTF8.GetBytes(text)), messages: [new OutboxMessage(Events, Encoding.UTF8.GetBytes(text)) { Subject = text, SessionId = session }]));

    /// <summary>Places an order, which a saga then fulfils.</summary>
    public async Task<ProofAnswer> OrderAsync() => ProofAnswer.Of(await _engine.ExecuteAsync(Operation("order"), OrderAsync, default));

    public async Task<Settlement> AdvanceAsync(InboundMessage message)
    {
        var outcome = await _sagas.AdvanceAsync(SagaWakeUp.TryParse(message.Body)!, default);
        LeftAlone += outcome is SagaAdvanceOutcome.NotKnown ? 1 : 0;
        return outcome is SagaAdvanceOutcome.Waiting { IsLatestWakeUp: true } or SagaAdvanceOutcome.HeldElsewhere { IsLatestWakeUp: true }
            ? new Settlement.Abandon()
            : new Settlement.Complete();
    }

    /// <summary>Consumes a message as the consumers of an app do, which wait before they give it back.</summary>
    public Task<Settlement> PatientlyAsync(InboundMessage message, Func<InboundMessage, Task<Settlement>> consume) => _redelivery.ConsumeAsync("shop", message, _ => consume(message), default);

    /// <summary>Sends a receipt, which is an outside effect: the message is claimed and committed.</summary>
    public Task<Settlement> SendReceiptAsync(InboundMessage message) => SendReceiptAsync(message, takes: null);

    /// <param name="message">The message.</param>
    /// <param name="takes">How long it takes; null for no time, and who comes second waits for the first.</param>
    public async Task<Settlement> SendReceiptAsync(InboundMessage message, TimeSpan? takes)
    {
        var outcome = await _inbox.ExecuteAsync(
            new InboxDelivery("receipts", message),
            async (context, token) =>
            {
                await Task.Delay(takes ?? TimeSpan.Zero, process.Clock, token);
                await process.Outside.CallAsync("mail", context.StableKey("mail"), () => "sent", token);
                return HandlerOutcome.Completed(OperationResult.Empty, rows: [RowWrite.Insert("receipt|" + context.OperationHash, new Dictionary<string, object>())]);
            },
            new InboxExecution<OperationResult> { Shape = operation => operation with { Placement = RecordPlacement.InPartition(Partition), Wait = takes is null ? TimeSpan.FromSeconds(65) : TimeSpan.Zero } },
            default);
        return outcome.ToSettlement();
    }

    private static Operation Operation(string name) => new()
    {
        Scope = new OperationScope("merchant", name),
        Key = IdempotencyKey.Create("k-1"),
        Fingerprint = Fingerprint.FromBytes(name, "12.50"u8),
        Placement = RecordPlacement.InPartition(Partition),
        SendsMessages = true,
    };

    private static Task<HandlerOutcome<OperationResult>> PayAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult(
        HandlerOutcome.Completed(
            new OperationResult(201, [], Encoding.UTF8.GetBytes(context.OperationHash)),
            rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object>())],
            messages: [new OutboxMessage(Events, "paid"u8.ToArray()) { Subject = "paid" }]));

    private Task<HandlerOutcome<OperationResult>> OrderAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var start = _sagas.Start(new SagaAddress(Partition, "o-1"), OrderSaga.DefinitionName, "shoes", TextJson.Default.String);
        return Task.FromResult(HandlerOutcome.Completed(
            new OperationResult(202, [], "o-1"u8.ToArray()),
            rows: start.Rows,
            messages: start.Messages));
    }
}
