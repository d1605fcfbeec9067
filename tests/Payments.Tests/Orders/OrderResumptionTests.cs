using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Orders;
using Payments.Queues;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Tests.Orders;

public sealed class OrderResumptionTests
{
    private readonly OrderWorld _world = new();
    private readonly ListedDeadLetters _letters = new();

    [Fact]
    public async Task An_order_whose_only_wake_up_is_a_dead_letter_goes_on_to_its_end()
    {
        var command = await StrandAsync();

        using var instance = new Instance(_world);
        Assert.Equal(1, await ResumeAsync(instance));
        await _world.DeliverAsync();

        Assert.Equal(OrderStatus.Confirmed, (await _world.OrderAsync(command)).Status);
        Assert.Empty(_letters.Letters);
    }

    // Guards the order of the two: put back first, a wake-up would be lost to the next outage and would use up deliveries for ever.
    [Fact]
    public async Task While_storage_is_away_the_dead_letter_stays_and_a_later_run_goes_on()
    {
        await StrandAsync();

        using (var dead = new Instance(_world, dies: _ => true))
        {
            Assert.Equal(0, await ResumeAsync(dead));
        }

        Assert.Single(_letters.Letters);
        using var instance = new Instance(_world);
        Assert.Equal(1, await ResumeAsync(instance));
    }

    /// <summary>Of a rolling deployment: put back, the wake-up would be completed by whoever does not know the order, and be gone.</summary>
    [Fact]
    public async Task The_wake_up_of_an_order_of_a_later_version_stays_a_dead_letter()
    {
        await StrandAsync();
        var wakeUp = SagaWakeUp.TryParse(Encoding.UTF8.GetBytes(_letters.Letters[0].Body))!;
        var address = new RowAddress(wakeUp.Table, wakeUp.PartitionKey, $"saga|{wakeUp.Id}");
        var saga = (await _world.Memory.ReadAsync(address, default))!;
        await _world.Memory.WriteAsync(new RowTransaction(address.Partition, [RowWrite.Replace(address.RowKey, new Dictionary<string, object>(saga.Values) { ["SchemaVersion"] = 99 }, saga.ETag)]), default);

        using var instance = new Instance(_world);
        Assert.Equal(0, await ResumeAsync(instance));
        Assert.Single(_letters.Letters);
    }

    [Fact]
    public async Task Other_dead_letters_of_the_queue_are_left_to_people()
    {
        _letters.Letters.Add(Letter(1, "order.confirmed", "{}"));
        _letters.Letters.Add(Letter(2, SagaWakeUp.Subject, "not a wake-up"));

        using var instance = new Instance(_world);
        Assert.Equal(0, await ResumeAsync(instance));
        Assert.Equal(2, _letters.Letters.Count);
    }

    [Fact]
    public async Task A_host_without_dead_letters_has_nothing_to_resume()
    {
        using var instance = new Instance(_world);

        Assert.Equal(0, await instance.Services.GetRequiredService<OrderResumption>().ResumeAsync(default));
    }

    private static DeadLetter Letter(long number, string subject, string body) => new(number, $"m-{number}", "s", subject, default, 10, "DeliveriesExhausted", "", body);

    private Task<int> ResumeAsync(Instance instance) =>
        new OrderResumption(instance.Services.GetRequiredService<SagaRunner>(), _letters, NullLogger<OrderResumption>.Instance).ResumeAsync(default);

    /// <summary>Places an order, and takes its wake-up out of the queue into the dead letters.</summary>
    private async Task<PlaceOrderCommand> StrandAsync()
    {
        await _world.StockAsync(5);
        var command = OrderWorld.Command();
        await _world.PlaceAsync(command);
        var wakeUp = Assert.Single(await _world.DueAsync());
        _letters.Letters.Add(Letter(7, wakeUp.GetString("Subject")!, Encoding.UTF8.GetString(wakeUp.GetBinary("Body")!)));
        await _world.Memory.WriteAsync(new RowTransaction(wakeUp.Address.Partition, [RowWrite.Delete(wakeUp.Address.RowKey, wakeUp.ETag)]), default);
        return command;
    }

    private sealed class ListedDeadLetters : IDeadLetters
    {
        public List<DeadLetter> Letters { get; } = [];

        public Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, CancellationToken cancellationToken)
        {
            Assert.Equal(PaymentsQueues.Orders, queue);
            return Task.FromResult<IReadOnlyList<DeadLetter>>([.. Letters]);
        }

        public Task<bool> ResubmitAsync(string queue, long sequenceNumber, CancellationToken cancellationToken) =>
            Task.FromResult(Letters.RemoveAll(letter => letter.SequenceNumber == sequenceNumber) == 1);

        public Task<bool> DiscardAsync(string queue, long sequenceNumber, Func<DeadLetter, CancellationToken, Task> keep, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
