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
        Assert.Equal(new SettledBatch(null, IsHeldBack: false), await SettleAsync(("a", new Settlement.Complete()), ("b", new Settlement.Abandon()), ("c", new Settlement.Release("It is behind b.")), ("d", new Settlement.DeadLetter("R", "D")), ("e", new Settlement.Complete())));
        Assert.Equal(["complete a", "dead-letter d", "complete e", "abandon b", "abandon c"], _actions.Calls);
    }

    // Guards the catch in BatchSettlement.
    [Fact]
    public async Task A_settlement_that_fails_leaves_the_others_to_be_settled_and_is_told()
    {
        _actions.Failing = "a";
        var settled = await SettleAsync(("a", new Settlement.Complete()), ("b", new Settlement.Complete()), ("c", new Settlement.Abandon()));
        Assert.Equal("a", Assert.IsType<TimeoutException>(settled.Fault).Message);
        Assert.Equal(["complete a", "complete b", "abandon c"], _actions.Calls);
    }

    // Guards what is left to the session's end: an abandoned message counts.
    [Fact]
    public async Task What_is_held_back_in_a_session_that_is_released_is_left_to_its_end()
    {
        var settled = await SettleAsync(new RecordingSession(_actions), ("a", new Settlement.Complete()), ("b", new Settlement.Abandon()), ("c", new Settlement.Release("It is behind b.")));
        Assert.Equal(new SettledBatch(null, IsHeldBack: true), settled);
        Assert.Equal(["complete a", "release", "abandon b"], _actions.Calls);
    }

    // The host may have received ahead, and would bring that first.
    [Fact]
    public async Task A_session_is_released_where_its_last_message_failed_too_and_nothing_is_left_to_its_end()
    {
        Assert.False((await SettleAsync(new RecordingSession(_actions), ("a", new Settlement.Complete()), ("b", new Settlement.Abandon()))).IsHeldBack);
        Assert.Equal(["complete a", "release", "abandon b"], _actions.Calls);
    }

    [Fact]
    public async Task A_session_whose_messages_are_done_is_kept()
    {
        Assert.False((await SettleAsync(new RecordingSession(_actions), ("a", new Settlement.Complete()), ("b", new Settlement.DeadLetter("R", "D")))).IsHeldBack);
        Assert.Equal(["complete a", "dead-letter b"], _actions.Calls);
    }

    // Guards the catch of the release: else what is held back would stay locked while the host goes on behind it.
    [Fact]
    public async Task What_is_held_back_in_a_session_that_can_not_be_released_is_abandoned()
    {
        _actions.Failing = "";
        var settled = await SettleAsync(new RecordingSession(_actions), ("a", new Settlement.Abandon()), ("b", new Settlement.Release("It is behind a.")));
        Assert.Equal(new SettledBatch(null, IsHeldBack: false), settled);
        Assert.Equal(["release", "abandon a", "abandon b"], _actions.Calls);
    }

    private Task<SettledBatch> SettleAsync(params (string Id, Settlement Settlement)[] batch) => SettleAsync(null, batch);

    private Task<SettledBatch> SettleAsync(ServiceBusSessionMessageActions? session, params (string Id, Settlement Settlement)[] batch) => _settlement.SettleAsync(
        _actions, session, [.. batch.Select(one => (ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: one.Id, sessionId: "s"), one.Settlement))]);

    private sealed class RecordingSession(RecordingActions actions) : ServiceBusSessionMessageActions
    {
        public override Task ReleaseSession(CancellationToken cancellationToken = default)
        {
            actions.Calls.Add("release");
            return actions.Failing == "" ? Task.FromException(new TimeoutException("release")) : Task.CompletedTask;
        }
    }

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
