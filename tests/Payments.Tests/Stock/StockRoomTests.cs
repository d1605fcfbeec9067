using Microsoft.Extensions.DependencyInjection;
using Payments.Stock;
using Payments.Tests.Orders;

namespace Payments.Tests.Stock;

public sealed class StockRoomTests : IDisposable
{
    private readonly OrderWorld _world = new();
    private readonly Instance _instance;
    private readonly StockRoom _stock;

    public StockRoomTests()
    {
        _instance = new Instance(_world);
        _stock = _instance.Services.GetRequiredService<StockRoom>();
    }

    [Fact]
    public async Task A_reservation_counts_once_for_its_key_and_is_given_back_once()
    {
        await _world.StockAsync(5);

        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync("a", 2));
        Assert.IsType<ReserveOutcome.Reserved>(await ReserveAsync("a", 2));
        Assert.Equal(new StockLevel("thing", 3, 2), await _world.LevelAsync());
        Assert.True(await ReleaseAsync("a"));
        Assert.True(await ReleaseAsync("a"));
        Assert.Equal(new StockLevel("thing", 5, 0), await _world.LevelAsync());
        Assert.IsType<ReserveOutcome.ReleasedBefore>(await ReserveAsync("a", 2));
    }

    [Fact]
    public async Task A_release_before_a_late_reservation_wins()
    {
        await _world.StockAsync(5);

        Assert.True(await ReleaseAsync("a"));
        Assert.IsType<ReserveOutcome.ReleasedBefore>(await ReserveAsync("a", 2));
        Assert.Equal(new StockLevel("thing", 5, 0), await _world.LevelAsync());
    }

    // Guards the version under which stock is written: without it two reservations read the same five and both take from it.
    [Fact]
    public async Task Under_concurrency_no_more_is_reserved_than_there_is()
    {
        await _world.StockAsync(7);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(index => Task.Run(async () =>
        {
            while (true)
            {
                if (await ReserveAsync($"k{index}", 1) is not ReserveOutcome.Contended and var outcome)
                {
                    return outcome;
                }
            }
        })));

        Assert.Equal(7, outcomes.OfType<ReserveOutcome.Reserved>().Count());
        Assert.Equal(new StockLevel("thing", 0, 7), await _world.LevelAsync());
    }

    [Fact]
    public async Task Setting_the_stock_counts_in_what_orders_hold_so_it_is_idempotent()
    {
        await _world.StockAsync(5);
        await ReserveAsync("a", 2);

        await _world.StockAsync(5);
        Assert.Equal(new StockLevel("thing", 3, 2), await _world.LevelAsync());
        Assert.Equal(2, Assert.IsType<SetStockOutcome.BelowReserved>(await _stock.SetAsync(OrderWorld.Merchant, OrderWorld.Thing, 1, default)).Reserved);
    }

    [Fact]
    public async Task What_was_never_stocked_cannot_be_reserved() => Assert.IsType<ReserveOutcome.NoSuchSku>(await ReserveAsync("a", 1));

    public void Dispose() => _instance.Dispose();

    private Task<ReserveOutcome> ReserveAsync(string key, long quantity) => _stock.ReserveAsync(OrderWorld.Merchant, OrderWorld.Thing, quantity, key, default);

    private Task<bool> ReleaseAsync(string key) => _stock.ReleaseAsync(OrderWorld.Merchant, OrderWorld.Thing, key, default);
}
