using Microsoft.Extensions.DependencyInjection;
using Payments.Gateway;
using Payments.Orders;
using ServerlessIdempotency.Sagas;

namespace Payments.Tests.Orders;

/// <summary>
/// An instance stalls beyond its lease with its charge on the way to the gateway, and others undo the order in the meantime. Guards <c>PreventAsync</c>: a look at the
/// gateway that finds nothing does not keep the charge from coming after it.
/// </summary>
public sealed class LateChargeTests
{
    private readonly OrderWorld _world = new();
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _arrives = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(false, "Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges ; ledger (0, 0); order.cancelled")]
    [InlineData(true, "Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges Refunded; ledger (0, 0); order.cancelled")]
    public async Task No_money_is_kept_for_an_order_that_was_cancelled_while_its_charge_was_on_its_way(bool arrivesBeforeTheUndoing, string end)
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command();
        await _world.PlaceAsync(command);
        using var stalling = NewStalling();
        var delivering = _world.DeliverAsync(stalling);
        await _sent.Task;
        stalling.Stall();
        if (arrivesBeforeTheUndoing)
        {
            _arrives.SetResult();
            await delivering;
        }

        // Past its leases, and past the time that the order may take.
        _world.Time.Advance(TimeSpan.FromHours(2));
        await _world.DeliverAsync();
        Assert.Equal(end, await _world.EndAsync(command));

        _arrives.TrySetResult();
        await delivering;

        Assert.Equal(end, await _world.EndAsync(command));
    }

    [Fact]
    public async Task A_charge_that_arrives_after_its_undoing_is_told_so_and_the_undoing_may_be_repeated()
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command();
        await _world.PlaceAsync(command);
        using var stalling = NewStalling();
        using var other = new Instance(_world);
        var (charge, context) = await ChargeOfAsync(stalling, command);
        var (undoing, _) = await ChargeOfAsync(other, command);
        var late = charge.ExecuteAsync(context, default);
        await _sent.Task;
        stalling.Stall();

        Assert.IsType<CompensationOutcome.Retryable>(await undoing.CompensateAsync(context, default));
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<CompensationOutcome.Done>(await undoing.CompensateAsync(context, default));
        _arrives.SetResult();

        Assert.IsNotType<StepOutcome.Done>(await late);
        Assert.Empty(await _world.ChargesAsync());
        Assert.IsType<CompensationOutcome.Done>(await undoing.CompensateAsync(context, default));
        Assert.IsType<StepOutcome.Rejected>(await undoing.ExecuteAsync(context, default));
    }

    [Fact]
    public async Task The_gateway_keeps_a_prevented_charge_prevented_and_says_so()
    {
        var request = new ChargeRequest("key-1", "acct-1", 500, "EUR", "pm_ok", Capture: true, _world.Time.GetUtcNow());

        Assert.IsType<PreventOutcome.Prevented>(await _world.Gateway.PreventAsync(request, default));
        Assert.IsType<PreventOutcome.Prevented>(await _world.Gateway.PreventAsync(request, default));
        Assert.IsType<ChargeOutcome.Prevented>(await _world.Gateway.ChargeAsync(request, default));
        Assert.Null(await _world.Gateway.FindAsync("acct-1", "key-1", default));
        Assert.Empty(await _world.ChargesAsync());

        Assert.IsType<ChargeOutcome.Charged>(await _world.Gateway.ChargeAsync(request with { Key = "key-2" }, default));
        Assert.IsType<PreventOutcome.Charged>(await _world.Gateway.PreventAsync(request with { Key = "key-2" }, default));
    }

    // Undoing is done when the money is back, however long the bank takes, and not when the gateway has taken the refund.
    [Theory]
    [InlineData("pm_refund_async_60000")]
    [InlineData("pm_refund_fails_60000")]
    public async Task An_order_is_undone_only_once_its_refund_has_gone_through(string method)
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command(method: method);
        await _world.PlaceAsync(command);
        using var stalling = NewStalling();
        var delivering = _world.DeliverAsync(stalling);
        await _sent.Task;
        stalling.Stall();
        _arrives.SetResult();
        await delivering;
        _world.Time.Advance(TimeSpan.FromHours(2));
        var begun = _world.Time.GetUtcNow();

        await _world.DeliverAsync();

        Assert.Equal("Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges Refunded; ledger (0, 0); order.cancelled", await _world.EndAsync(command));
        Assert.True(_world.Time.GetUtcNow() - begun >= TimeSpan.FromHours(6));
    }

    private Instance NewStalling() => new(_world)
    {
        OnTheWay = async () =>
        {
            _sent.TrySetResult();
            await _arrives.Task;
        },
    };

    private static async Task<(ChargeStep Step, SagaStepContext Context)> ChargeOfAsync(Instance instance, PlaceOrderCommand command)
    {
        var id = instance.Services.GetRequiredService<PlaceOrderOperation>().IdOf(OrderWorld.Principal, command);
        var address = new SagaAddress(id.PartitionOf(OrderWorld.Merchant), id.Value);
        var saga = (await instance.Services.GetRequiredService<SagaRunner>().FindAsync(address, default))!;
        var charge = instance.Services.GetRequiredService<ChargeStep>();
        return (charge, new SagaStepContext(address, saga, charge.Name));
    }
}
