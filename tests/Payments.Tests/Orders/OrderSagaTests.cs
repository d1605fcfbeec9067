using Microsoft.Extensions.DependencyInjection;
using Payments.Orders;
using Payments.Parked;
using Payments.Stock;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Sagas;

namespace Payments.Tests.Orders;

/// <summary>Orders from their placing to their end, over memory and the simulated gateway.</summary>
public sealed class OrderSagaTests
{
    private readonly OrderWorld _world = new();

    [Theory]
    [InlineData("pm_ok", 1)]
    [InlineData("pm_lost_reply", 1)]
    [InlineData("pm_unavailable", 2)]
    public async Task An_order_is_confirmed_with_its_stock_held_and_one_charge(string method, int attempts)
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command(method: method, quantity: 2);

        Assert.Equal(201, (await _world.PlaceAsync(command)).Result.StatusCode);
        Assert.Equal(OrderStatus.Pending, (await _world.OrderAsync(command)).Status);
        await _world.DeliverAsync();

        Assert.Equal(
            "Confirmed: reserve-stock done, charge done, confirm done; stock 3/2; charges Captured; ledger (0, 1000); order.confirmed",
            await _world.EndAsync(command));
        var order = await _world.OrderAsync(command);
        Assert.Equal(attempts, order.Steps[1].Attempts);
        Assert.StartsWith("pay_", order.PaymentId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declined_order_is_cancelled_with_the_reason_and_its_stock_given_back()
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command(method: "pm_declined");

        await _world.PlaceAsync(command);
        await _world.DeliverAsync();

        Assert.Equal("Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges ; ledger (0, 0); order.cancelled", await _world.EndAsync(command));
        Assert.Equal("Cancelled, and everything is undone. The card was declined.", (await _world.OrderAsync(command)).Outcome);
    }

    [Fact]
    public async Task An_order_beyond_the_stock_is_cancelled_and_nothing_is_charged()
    {
        await _world.StockAsync(1);
        var command = OrderWorld.Command(quantity: 2);

        await _world.PlaceAsync(command);
        await _world.DeliverAsync();

        Assert.Equal("Cancelled: reserve-stock undone, charge not begun, confirm not begun; stock 1/0; charges ; ledger (0, 0); order.cancelled", await _world.EndAsync(command));
        Assert.Contains("2 are ordered, 1 are there", (await _world.OrderAsync(command)).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_id_that_exists_is_the_old_order_under_any_key_and_another_content_is_refused()
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command();
        var first = OrderOf((await _world.PlaceAsync(command, "k-1")).Result);
        await _world.DeliverAsync();

        var (outcome, again) = await _world.PlaceAsync(command, "k-2");
        Assert.IsType<ExecutionOutcome<OperationResult>.Executed>(outcome);
        Assert.Equal((200, first.Id, OrderStatus.Confirmed), (again.StatusCode, OrderOf(again).Id, OrderOf(again).Status));
        Assert.IsType<ExecutionOutcome<OperationResult>.Mismatch>((await _world.PlaceAsync(OrderWorld.Command("r-2"), "k-1")).Outcome);

        _world.Time.Advance(TimeSpan.FromHours(25));
        var (late, afterExpiry) = await _world.PlaceAsync(command, "k-1");
        Assert.IsType<ExecutionOutcome<OperationResult>.Executed>(late);
        Assert.Equal((200, first.Id), (afterExpiry.StatusCode, OrderOf(afterExpiry).Id));

        var (_, other) = await _world.PlaceAsync(OrderWorld.Command(quantity: 3), "k-3");
        Assert.Equal(409, other.StatusCode);
        Assert.EndsWith("/order-reference-taken", other.ReadJson(PaymentsJsonContext.Default.Problem)!.Type, StringComparison.Ordinal);
        await _world.DeliverAsync();
        Assert.Single(await _world.ChargesAsync());
        Assert.Equal(new StockLevel("thing", 4, 1), await _world.LevelAsync());
    }

    [Fact]
    public async Task Past_the_retention_of_both_channels_the_same_key_makes_a_new_payment()
    {
        using var instance = new Instance(_world);
        var first = await PayAsync(instance);
        _world.Time.Advance(new InboxOptions().Retention + new IdempotencyOptions().ClockSkewMargin - TimeSpan.FromTicks(1));
        Assert.Equal(first, await PayAsync(instance));
        _world.Time.Advance(TimeSpan.FromTicks(1));

        Assert.NotEqual(first, await PayAsync(instance));
        Assert.Equal(2, (await _world.ChargesAsync()).Count);
    }

    [Fact]
    public async Task Of_many_that_place_one_order_at_once_under_many_keys_one_makes_it()
    {
        await _world.StockAsync(5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(index => Task.Run(() => _world.PlaceAsync(OrderWorld.Command(), $"k-{index}"))));
        await _world.DeliverAsync();

        Assert.Single(answers, answer => answer.Result.StatusCode == 201);
        Assert.Equal(31, answers.Count(answer => answer.Result.StatusCode == 200));
        Assert.Equal(new StockLevel("thing", 4, 1), await _world.LevelAsync());
    }

    [Theory]
    [InlineData("pm_ok", 1)]
    [InlineData("pm_declined", 1)]
    [InlineData("pm_lost_reply", 1)]
    [InlineData("pm_unavailable", 1)]
    [InlineData("pm_ok", 9)]
    public async Task An_instance_that_dies_before_or_after_any_call_changes_nothing_of_the_end(string method, long quantity)
    {
        var command = OrderWorld.Command(method: method, quantity: quantity);
        var undisturbed = await PlacedAsync(command);
        using var counting = new Instance(undisturbed);
        await undisturbed.DeliverAsync(counting);
        var end = await undisturbed.EndAsync(command);

        for (var point = 1; point <= counting.Points; point++)
        {
            var world = await PlacedAsync(command);
            using var dying = new Instance(world, dies: number => number == point);
            await world.DeliverAsync(dying);
            Assert.True(dying.IsDead);
            await world.DeliverAsync();
            Assert.True(end == await world.EndAsync(command), $"Died at {point} of {counting.Points}: {await world.EndAsync(command)} instead of {end}");
        }
    }

    [Fact]
    public async Task A_parked_charge_declared_failed_is_refunded_wherever_an_instance_crashes()
    {
        var command = OrderWorld.Command(method: "pm_lost_reply");
        var undisturbed = await ParkedAsync(command);
        using var counting = new Instance(undisturbed);
        await undisturbed.DeliverAsync(counting);
        var end = await undisturbed.EndAsync(command);
        Assert.Equal("Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges Refunded; ledger (0, 0); order.cancelled", end);

        for (var point = 1; point <= counting.Points; point++)
        {
            var world = await ParkedAsync(command);
            using var dying = new Instance(world, dies: number => number == point);
            await world.DeliverAsync(dying);
            Assert.True(dying.IsDead);
            await world.DeliverAsync();
            Assert.True(end == await world.EndAsync(command), $"Died at {point} of {counting.Points}: {await world.EndAsync(command)} instead of {end}");
        }
    }

    // Guards the mapping of a refused refund to HandlerOutcome.Failed in ChargeStep: stored, the refusal would be all that any later attempt gets.
    [Fact]
    public async Task A_refund_that_the_gateway_refuses_at_first_is_asked_for_again_until_it_is_made()
    {
        var command = OrderWorld.Command(method: "pm_lost_reply");
        var world = await ParkedAsync(command);
        world.RefusedRefunds = 5;

        await world.DeliverAsync();

        Assert.Equal("Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges Refunded; ledger (0, 0); order.cancelled", await world.EndAsync(command));
    }

    [Fact]
    public async Task A_person_who_has_a_refused_refund_tried_again_has_the_gateway_asked_again()
    {
        var command = OrderWorld.Command(method: "pm_lost_reply");
        var world = await ParkedAsync(command);
        using var instance = new Instance(world);
        world.RefusedRefunds = int.MaxValue;
        await world.DeliverAsync();
        var parked = instance.Services.GetRequiredService<ParkedOrders>();
        var listed = Assert.Single(await parked.ListAsync(OrderWorld.Merchant, default));
        Assert.Contains("The merchant's balance does not cover it.", listed.Reason, StringComparison.Ordinal);

        world.RefusedRefunds = 0;
        Assert.True(ParkedId.TryParse(listed.Id, out var name));
        Assert.IsType<ResolveOutcome.Resolved>(await parked.ResolveAsync(OrderWorld.Merchant, name, ParkedDecision.Retry, "The balance is topped up.", "eve", default));
        await world.DeliverAsync();

        Assert.Equal("Cancelled: reserve-stock undone, charge undone, confirm not begun; stock 5/0; charges Refunded; ledger (0, 0); order.cancelled", await world.EndAsync(command));
    }

    [Fact]
    public async Task Every_compensation_run_twice_and_every_step_after_its_compensation_change_nothing()
    {
        var command = OrderWorld.Command(method: "pm_lost_reply");
        var world = await ParkedAsync(command);
        await world.DeliverAsync();
        var end = await world.EndAsync(command);
        using var instance = new Instance(world);
        var id = instance.Services.GetRequiredService<PlaceOrderOperation>().IdOf(OrderWorld.Principal, command);
        var address = new SagaAddress(id.PartitionOf(OrderWorld.Merchant), id.Value);
        var saga = (await instance.Services.GetRequiredService<SagaRunner>().FindAsync(address, default))!;

        foreach (var step in instance.Services.GetServices<SagaDefinition>().Single().Steps)
        {
            var context = new SagaStepContext(address, saga, step.Name);
            Assert.IsType<CompensationOutcome.Done>(await step.CompensateAsync(context, default));
            await step.ExecuteAsync(context, default);
            Assert.IsType<CompensationOutcome.Done>(await step.CompensateAsync(context, default));
        }

        Assert.Equal(end, await world.EndAsync(command));
    }

    [Fact]
    public async Task A_charge_that_comes_after_it_was_undone_is_not_made()
    {
        // Undone before it was ever sent: the late charge meets the record of its undoing.
        var command = OrderWorld.Command();
        var world = await PlacedAsync(command);
        using var instance = new Instance(world);
        var id = instance.Services.GetRequiredService<PlaceOrderOperation>().IdOf(OrderWorld.Principal, command);
        var address = new SagaAddress(id.PartitionOf(OrderWorld.Merchant), id.Value);
        var saga = (await instance.Services.GetRequiredService<SagaRunner>().FindAsync(address, default))!;
        var charge = instance.Services.GetRequiredService<ChargeStep>();
        var context = new SagaStepContext(address, saga, charge.Name);

        Assert.IsType<CompensationOutcome.Done>(await charge.CompensateAsync(context, default));
        world.Time.Advance(TimeSpan.FromDays(30));
        Assert.IsType<StepOutcome.Rejected>(await charge.ExecuteAsync(context, default));

        Assert.Empty(await world.ChargesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Two_hundred_orders_over_twenty_units_with_faults_and_deaths_add_up(int seed)
    {
        await _world.StockAsync(20);
        string[] methods = ["pm_ok", "pm_ok", "pm_declined", "pm_unavailable", "pm_lost_reply"];
        var commands = Enumerable.Range(0, 200).Select(index => OrderWorld.Command($"r-{index}", methods[index % methods.Length], user: $"u-{index % 17}", price: 100 + index)).ToList();
        var random = new Random(seed);
        bool Chance(double share)
        {
            lock (random)
            {
                return random.NextDouble() < share;
            }
        }

        Instance New() => new(_world, dies: _ => Chance(0.004), drops: () => Chance(0.02));

        await Parallel.ForEachAsync(commands, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (command, _) =>
        {
            for (var attempt = 0; attempt < 50; attempt++)
            {
                using var instance = New();
                var (_, result) = await _world.PlaceAsync(command, command.OrderReference, instance);
                if (result.StatusCode is 201 or 200 && result.Body.Length > 0)
                {
                    return;
                }

                // A dead instance's lease has to end before another one may go on.
                _world.Time.Advance(TimeSpan.FromSeconds(61));
            }

            Assert.Fail($"Seed {seed}: {command.OrderReference} could not be placed.");
        });

        for (var round = 0; await _world.DueAsync() is { Count: > 0 } due; round++)
        {
            Assert.True(round < 3_000, $"Seed {seed}: the orders do not come to rest.");
            await Parallel.ForEachAsync(due.Chunk(Math.Max(1, due.Count / 16)), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (messages, _) =>
            {
                var instance = New();
                foreach (var message in messages)
                {
                    if (instance.IsDead)
                    {
                        instance.Dispose();
                        instance = New();
                    }

                    await _world.DeliverAsync(instance, message);
                }

                instance.Dispose();
            });
        }

        var orders = new List<OrderView>();
        foreach (var command in commands)
        {
            orders.Add(await _world.OrderAsync(command));
        }

        var story = $"Seed {seed}: {string.Join(", ", orders.GroupBy(order => order.Status).Select(group => $"{group.Key} {group.Count()}"))}";
        Assert.True(orders.All(order => order.Status is OrderStatus.Confirmed or OrderStatus.Cancelled or OrderStatus.Parked), story);
        Assert.DoesNotContain(orders, order => order.Status == OrderStatus.Parked);
        var confirmed = orders.Where(order => order.Status == OrderStatus.Confirmed).ToList();
        var level = await _world.LevelAsync();
        var ledger = await _world.LedgerAsync();
        Assert.True(confirmed.Count == level.Reserved && level.Available == 20 - level.Reserved && level.Available >= 0, $"{story}; {level}");
        Assert.True(confirmed.Sum(order => order.Total) == await _world.KeptAsync(), story);
        Assert.True(ledger == (0, confirmed.Sum(order => order.Total)), $"{story}; ledger {ledger}");
        Assert.InRange(confirmed.Count, 10, 20);
        Assert.Equal(200, _world.Events.Distinct().Count());
    }

    private static OrderView OrderOf(ServerlessIdempotency.Records.OperationResult result) => result.ReadJson(OrdersJsonContext.Default.OrderView)!;

    private static async Task<string> PayAsync(Instance instance)
    {
        var command = new Payments.Creating.CreatePaymentCommand("acct-1", 100, "EUR", "pm_ok", Capture: true);
        var outcome = await instance.Services.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            instance.Services.GetRequiredService<Payments.Creating.CreatePaymentOperation>().For(OrderWorld.Principal, ServerlessIdempotency.Keys.IdempotencyKey.Create("pay"), command),
            (context, token) => instance.Services.GetRequiredService<Payments.Creating.CreatePaymentHandler>().ExecuteAsync(command, context, token),
            default);
        return Bench.PaymentOf(outcome).Id;
    }

    private static async Task<OrderWorld> PlacedAsync(PlaceOrderCommand command)
    {
        var world = new OrderWorld();
        await world.StockAsync(5);
        await world.PlaceAsync(command);
        return world;
    }

    // The reply of the charge is lost and then the gateway is out of reach, until the saga gives up asking; a person says that it failed, the bank is back.
    private static async Task<OrderWorld> ParkedAsync(PlaceOrderCommand command)
    {
        var world = await PlacedAsync(command);
        using var instance = new Instance(world);
        using (var dying = new Instance(world, dies: _ => world.ChargesAsync().GetAwaiter().GetResult().Count > 0))
        {
            await world.DeliverAsync(dying);
            Assert.True(dying.IsDead);
        }

        world.GatewayIsDown = true;
        await world.DeliverAsync();
        world.GatewayIsDown = false;
        var parked = instance.Services.GetRequiredService<ParkedOrders>();
        var listed = Assert.Single(await parked.ListAsync(OrderWorld.Merchant, default));
        Assert.Equal((OrderStatus.Parked, "charge"), ((await world.OrderAsync(command)).Status, listed.Step));
        Assert.True(ParkedId.TryParse(listed.Id, out var name));
        Assert.IsType<ResolveOutcome.Resolved>(await parked.ResolveAsync(OrderWorld.Merchant, name, ParkedDecision.Failed, "Cancel it.", "eve", default));
        return world;
    }
}
