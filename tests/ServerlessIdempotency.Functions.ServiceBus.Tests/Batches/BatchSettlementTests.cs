using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Batches;

public sealed class BatchSettlementTests
{
    private readonly BatchSettlement _settlement = new(NullLogger<BatchSettlement>.Instance);
    private readonly RecordingActions _actions = new();

    // Guards the order: whatever happens later, what is done does not come again; and what comes again does so in the order of its session.
    [Fact]
    public async Task What_is_done_is_settled_first_and_what_comes_again_is_given_back_in_order()
    {
        Assert.Null(await SettleAsync(("a", new Settlement.Complete()), ("b", new Settlement.Abandon()), ("c", new Settlement.Release("It is behind b.")), ("d", new Settlement.DeadLetter("R", "D")), ("e", new Settlement.Complete())));
        Assert.Equal(["complete a", "dead-letter d", "complete e", "abandon b", "abandon c"], _actions.Calls);
    }

    // Guards the catch in BatchSettlement.
    [Fact]
    public async Task A_settlement_that_fails_leaves_the_others_to_be_settled_and_is_told()
    {
        _actions.Failing = "a";
        var failure = await SettleAsync(("a", new Settlement.Complete()), ("b", new Settlement.Complete()), ("c", new Settlement.Abandon()));
        Assert.Equal("a", Assert.IsType<TimeoutException>(failure).Message);
        Assert.Equal(["complete a", "complete b", "abandon c"], _actions.Calls);
    }

    private Task<Exception?> SettleAsync(params (string Id, Settlement Settlement)[] batch) => _settlement.SettleAsync(
        _actions, [.. batch.Select(one => (ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: one.Id), one.Settlement))]);

    private sealed class RecordingActions : ServiceBusMessageActions
    {
        public List<string> Calls { get; } = [];

        public string? Failing { get; set; }

        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => RecordAsync("complete", message);

        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
            RecordAsync("abandon", message);

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message,
            Dictionary<string, object>? propertiesToModify = default,
            string? deadLetterReason = default,
            string? deadLetterErrorDescription = default,
            CancellationToken cancellationToken = default) => RecordAsync("dead-letter", message);

        private Task RecordAsync(string call, ServiceBusReceivedMessage message)
        {
            Calls.Add($"{call} {message.MessageId}");
            return message.MessageId == Failing ? Task.FromException(new TimeoutException(message.MessageId)) : Task.CompletedTask;
        }
    }
}
