using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Payments.Capturing;
using Payments.Creating;
using Payments.Gateway;
using Payments.Gateway.Simulated;
using Payments.Partitions;
using Payments.Problems;
using Payments.Refunding;
using Payments.State;
using Payments.Transitions;
using Payments.Undecided;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.Tests;

/// <summary>The domain over memory, below HTTP: one store of ours, one of the gateway's, fake time.</summary>
internal sealed class Bench : IDisposable
{
    public const string Principal = "name:ada";

    private readonly CreatePaymentOperation _operation;
    private readonly CreatePaymentHandler _create;
    private readonly PaymentTransitionHandler _move;

    public Bench(Func<IPaymentGateway, IPaymentGateway>? decorate = null)
    {
        Store = new CountingRowStore(new InMemoryRowStore());
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        Simulated = new SimulatedPaymentGateway(new RowWriter(new InMemoryRowStore(), new RowWriterOptions(), Time), Time);
        Gateway = decorate?.Invoke(Simulated) ?? Simulated;
        Engine = NewEngine();
        Reader = new PaymentReader(Store, new PaymentsOptions(), Time);
        var problems = new PaymentProblems(new Uri("https://example.test/problems/"));
        _operation = new CreatePaymentOperation(new ShardMap(new PaymentsOptions()), Options.Create(new IdempotencyOptions()), Options.Create(new InboxOptions()));
        _create = new CreatePaymentHandler(Gateway, problems, NullLogger<CreatePaymentHandler>.Instance);
        _move = new PaymentTransitionHandler(Gateway, Reader, new PendingRefunds(new RowWriter(Store, new RowWriterOptions(), Time)), problems, Time, NullLogger<PaymentTransitionHandler>.Instance);
    }

    public CountingRowStore Store { get; }

    public RecordingOutbox Outbox { get; } = new();

    public FakeTimeProvider Time { get; }

    public SimulatedPaymentGateway Simulated { get; }

    public IPaymentGateway Gateway { get; }

    public IdempotencyEngine Engine { get; }

    public PaymentReader Reader { get; }

    public static MerchantId Merchant => MerchantId.Of(Principal);

    public static CreatePaymentCommand Command(string method = "pm_ok", bool capture = true, long amount = 1250) => new("acct-1", amount, "EUR", method, capture);

    public Task<ExecutionOutcome<PaymentResult>> CreateAsync(CreatePaymentCommand command, string key = "k-1", string principal = Principal) => Engine.ExecuteAsync(
        _operation.For(principal, IdempotencyKey.Create(key), command),
        (context, cancellationToken) => _create.ExecuteAsync(command, context, cancellationToken),
        CancellationToken.None);

    /// <summary>As a caller's payment, which is noted where it stays undecided.</summary>
    public Task<ExecutionOutcome<PaymentResult>> CreateNotedAsync(CreatePaymentCommand command, UndecidedPayments undecided) => Engine.ExecuteAsync(
        _operation.For(Principal, IdempotencyKey.Create("k-1"), command),
        (context, cancellationToken) => new PaymentCreation(_create, undecided).ExecuteAsync(command, context, cancellationToken),
        CancellationToken.None);

    public async Task<Payment> CreatedAsync(CreatePaymentCommand command, string key = "k-1") => PaymentOf(await CreateAsync(command, key));

    public Task<ExecutionOutcome<PaymentResult>> CaptureAsync(string id, string key) => MoveAsync(id, key, new CapturePayment());

    public Task<ExecutionOutcome<PaymentResult>> RefundAsync(string id, string key) => MoveAsync(id, key, new RefundPayment());

    public static OperationResult ResultOf(ExecutionOutcome<PaymentResult> outcome) => outcome switch
    {
        ExecutionOutcome<PaymentResult>.Executed executed => executed.Result,
        ExecutionOutcome<PaymentResult>.Replayed replayed => replayed.Result,
        ExecutionOutcome<PaymentResult>.NotStored notStored => notStored.Value.Answer,
        _ => throw new InvalidOperationException($"There is no result: {outcome}."),
    };

    public static Payment PaymentOf(ExecutionOutcome<PaymentResult> outcome) => ResultOf(outcome).ReadJson(PaymentsJsonContext.Default.Payment)!;

    public static Problem ProblemOf(ExecutionOutcome<PaymentResult> outcome) => ResultOf(outcome).ReadJson(PaymentsJsonContext.Default.Problem)!;

    public Task<IReadOnlyList<GatewayCharge>> ChargesAsync() => Simulated.ListAsync("acct-1", CancellationToken.None);

    /// <summary>An engine of another process: it shares the store and nothing else.</summary>
    public IdempotencyEngine NewEngine() => new(
        new RowWriter(Store, new RowWriterOptions(), Time),
        new IdempotencyOptions(),
        Time,
        NullLogger<IdempotencyEngine>.Instance,
        Outbox);

    public void Dispose() => Engine.Dispose();

    private Task<ExecutionOutcome<PaymentResult>> MoveAsync(string id, string key, PaymentTransition transition)
    {
        Assert.True(PaymentId.TryParse(id, out var paymentId));
        var command = new PaymentTransitionCommand(paymentId, transition);
        return Engine.ExecuteAsync(
            new Operation
            {
                Scope = new OperationScope(Principal, command.OperationName),
                Key = IdempotencyKey.Create(key),
                Fingerprint = command.ToFingerprint(),
                Placement = RecordPlacement.InPartition(new PaymentPartition(Merchant, paymentId.Shard).Address),
            },
            (context, cancellationToken) => _move.ExecuteAsync(command, context, cancellationToken),
            CancellationToken.None);
    }
}
