using System.Transactions;
using Azure.Messaging.ServiceBus;

namespace LocalServiceBus.Tests.DotNetClient;

/// <summary>A client that may use transactions across entities opens the link of their coordinator first, whether or not it uses one.</summary>
public sealed class CrossEntityTests
{
    [Fact]
    public async Task Such_a_client_sends_and_receives()
    {
        await using var bus = await DotNetBus.StartAsync(options => options.EnableCrossEntityTransactions = true);
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        await sender.SendMessageAsync(new ServiceBusMessage("a"));
        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);

        var message = await receiver.ReceiveMessageAsync(DotNetBus.Limit);
        await receiver.CompleteMessageAsync(message);
        await bus.Client.CreateSender(DotNetBus.Sessions).SendMessageAsync(new ServiceBusMessage("b") { SessionId = "s" });

        Assert.Equal("a", message.Body.ToString());
        Assert.Equal([(DotNetBus.Plain, 0), (DotNetBus.Sessions, 1)], bus.Server.Administration.ListQueues().Select(queue => (queue.Name, queue.Active)));
    }

    [Fact]
    public async Task A_transaction_is_refused_with_a_reason_and_the_client_goes_on()
    {
        await using var bus = await DotNetBus.StartAsync(options => options.EnableCrossEntityTransactions = true);
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            await sender.SendMessageAsync(new ServiceBusMessage("a"));
            scope.Complete();
        });
        Assert.Contains("Transactions are not supported", refusal.ToString(), StringComparison.Ordinal);

        await sender.SendMessageAsync(new ServiceBusMessage("b"));
        Assert.Equal("b", (await bus.Client.CreateReceiver(DotNetBus.Plain).ReceiveMessageAsync(DotNetBus.Limit)).Body.ToString());
    }
}
