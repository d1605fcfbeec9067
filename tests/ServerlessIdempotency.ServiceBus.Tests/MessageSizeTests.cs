using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>What the outbox commits is not too large for the broker, and what would be is refused before the commit.</summary>
public sealed class MessageSizeTests : IAsyncLifetime
{
    private const int Limit = 262_144;

    private Bus _bus = null!;

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task The_largest_message_that_is_committed_is_received(int properties)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(_bus.Sender);
        services.AddIdempotency().AddInMemoryStore().AddOutbox();
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<IdempotencyEngine>();

        var (fits, tooLarge) = (0, Limit);
        while (tooLarge - fits > 1)
        {
            var size = fits + ((tooLarge - fits) / 2);
            (fits, tooLarge) = await TryCommitAsync(engine, size, properties) ? (size, tooLarge) : (fits, size);
        }

        Assert.InRange(fits, Limit - 2_000 - (properties * 100), Limit - 1_000);
        await provider.GetRequiredService<OutboxDispatcher>().DrainAsync(default);
        Assert.Empty(await provider.GetRequiredService<IOutboxAdministration>().ListParkedAsync(default).ToListAsync());
        Assert.Equal(fits, await LargestReceivedAsync());
        await provider.GetRequiredService<OutboxDispatcher>().StopAsync(default);
    }

    private static async Task<bool> TryCommitAsync(IdempotencyEngine engine, int size, int properties)
    {
        var message = new OutboxMessage(Bus.Sessions, new byte[size])
        {
            SessionId = new string('ü', 128),
            Subject = "payment.captured",
            CorrelationId = "c-1",
            Properties = Enumerable.Range(0, properties).ToDictionary(number => $"property-{number}", number => $"größe-{number}"),
        };
        var operation = new Operation
        {
            Scope = new OperationScope("alice", "send"),
            Key = IdempotencyKey.Create($"of-{size}"),
            Fingerprint = Fingerprint.FromJson("send", default),
            Placement = RecordPlacement.InPartition(new PartitionAddress("Business", "p")),
            SendsMessages = true,
        };
        try
        {
            return await engine.ExecuteAsync(operation, (_, _) => Task.FromResult(HandlerOutcome.Completed(OperationResult.Empty, messages: [message])), default) is ExecutionOutcome<OperationResult>.Executed;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private async Task<int> LargestReceivedAsync()
    {
        await using var receiver = await _bus.Client.AcceptNextSessionAsync(Bus.Sessions);
        var largest = 0;
        while (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(1)) is { } message)
        {
            largest = Math.Max(largest, message.Body.ToMemory().Length);
            await receiver.CompleteMessageAsync(message);
        }

        return largest;
    }
}
