using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.DependencyInjection;
using Payments.Gateway;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Tests.Orders;

/// <summary>
/// One instance of the app, from its own registration. It dies before or after any call to the store or the gateway that is picked for it; from then on nothing that it does
/// reaches anything.
/// </summary>
internal sealed class Instance : IRowStore, IDisposable
{
    private readonly OrderWorld _world;
    private readonly Func<int, bool>? _dies;
    private readonly Func<bool>? _drops;
    private int _points;

    public Instance(OrderWorld world, Func<int, bool>? dies = null, Func<bool>? drops = null)
    {
        _world = world;
        _dies = dies;
        _drops = drops;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(world.Time);
        services.AddSingleton<IRowStore>(this);
        services.AddSingleton<IOutbox>(world.Outbox);
        services.AddSingleton<IPaymentGateway>(new MortalGateway(world.Gateway, this));
        services.Configure<RowWriterOptions>(options => options.ResendDelay = TimeSpan.Zero);
        services.AddPayments(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Idempotency:LocalCacheBytes"] = "0" }).Build());
        Services = services.BuildServiceProvider();
    }

    public ServiceProvider Services { get; }

    public int Points => _points;

    public bool IsDead { get; private set; }

    /// <summary>Holds a charge between this instance and the gateway.</summary>
    public Func<Task>? OnTheWay { get; set; }

    /// <summary>The instance stalls: nothing that it does reaches the store any more. What was on its way to the gateway arrives.</summary>
    public void Stall() => IsDead = true;

    public void Pass(string point)
    {
        if (IsDead || (_dies is not null && _dies(Interlocked.Increment(ref _points))))
        {
            IsDead = true;
            throw new StoreUnavailableException($"The instance died {point}.");
        }

        if (_dies is null)
        {
            Interlocked.Increment(ref _points);
        }
    }

    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Pass("before a read");
        var row = await _world.Memory.ReadAsync(address, cancellationToken);
        Pass("after a read");
        return row;
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        Pass("before a write");
        if (_drops?.Invoke() == true)
        {
            throw new StoreUnavailableException("The request was dropped.");
        }

        var outcome = await _world.Memory.WriteAsync(transaction, cancellationToken);
        Pass("after a write");
        return _drops?.Invoke() == true ? throw new StoreUnavailableException("The reply was dropped.") : outcome;
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        Pass("before a query");
        return _world.Memory.QueryAsync(query, cancellationToken);
    }

    public void Dispose() => Services.Dispose();

    private sealed class MortalGateway(IPaymentGateway inner, Instance instance) : IPaymentGateway
    {
        public Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken) => CallAsync("charge", async () =>
        {
            // What is on its way arrives, whatever becomes of its sender.
            await (instance.OnTheWay?.Invoke() ?? Task.CompletedTask);
            return await inner.ChargeAsync(request, CancellationToken.None);
        });

        public Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken) => CallAsync("prevent", () => inner.PreventAsync(request, cancellationToken));

        public Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) => CallAsync("find", () => inner.FindAsync(accountId, key, cancellationToken));

        public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) => CallAsync("capture", () => inner.CaptureAsync(reference, key, cancellationToken));

        public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) => CallAsync("refund", async () =>
            instance._world.RefusedRefunds-- > 0 ? new TransitionOutcome.Refused("The merchant's balance does not cover it.") : await inner.RefundAsync(reference, key, cancellationToken));

        public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) => CallAsync("find refund", () => inner.FindRefundAsync(reference, cancellationToken));

        public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) => CallAsync("void", () => inner.VoidAsync(reference, key, cancellationToken));

        private async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
        {
            instance.Pass("before a " + name);
            if (instance._world.GatewayIsDown)
            {
                throw new GatewayUnavailableException("The gateway is down.");
            }

            var result = await call();
            instance.Pass("after a " + name);
            return instance._drops?.Invoke() == true ? throw new GatewayUnavailableException("The gateway's reply was lost.") : result;
        }
    }
}
