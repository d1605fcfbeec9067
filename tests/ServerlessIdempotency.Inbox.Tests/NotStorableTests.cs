using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>Law 14 for consumers: what no store and no broker takes is found at the first delivery, which is a dead letter with the true reason; there is no second run.</summary>
public sealed class NotStorableTests
{
    private readonly InboxFixture _fixture = new();

    public static TheoryData<string, string> Faults => new()
    {
        { "a message of 300 KB", "307,200 of them its body" },
        { "a column of a wrong type", "'Price' of Business/p/line" },
        { "101 rows", "101 rows" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_decision_that_can_not_be_stored_is_a_dead_letter_at_once(string fault, string reason)
    {
        var runs = 0;
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var letter = Letter(await inbox.ApplyAsync(InboxFixture.Delivery("e1"), InboxFixture.Account, (_, _) => Decide(fault, ref runs), default));

        Assert.Equal((RejectionReasons.EffectsNotStorable, 1), (letter.Reason, runs));
        Assert.Contains(reason, letter.Description, StringComparison.Ordinal);
        Assert.Empty(await _fixture.Outside.RowsAsync("Business", "p"));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task One_such_decision_in_a_batch_is_a_dead_letter_and_its_neighbours_are_applied(string fault, string reason)
    {
        var runs = 0;
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var outcomes = await inbox.ExecuteBatchAsync(
            [InboxFixture.Delivery("e1"), InboxFixture.Delivery("e2"), InboxFixture.Delivery("e3")],
            _ => InboxFixture.Account,
            (context, token) => context.Delivery.Message.MessageId == "e2" ? Decide(fault, ref runs) : _fixture.EnterAsync(context, token),
            default);

        Assert.Equal("Processed Rejected Processed", Batches.BatchFixture.Text(outcomes));
        var letter = Letter(outcomes[1]);
        Assert.Equal(RejectionReasons.EffectsNotStorable, letter.Reason);
        Assert.Contains(reason, letter.Description, StringComparison.Ordinal);
        Assert.Equal(2, (await _fixture.EntriesAsync()).Count);
    }

    /// <summary>The handler had its outside effect: that is kept first, and none of the ten deliveries makes it again.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_claimed_handler_whose_answer_can_not_be_stored_runs_once_in_ten_deliveries(string fault, string reason)
    {
        var runs = 0;
        for (var delivery = 1; delivery <= 10; delivery++)
        {
            using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
            var letter = Letter(await inbox.ExecuteAsync<OperationResult>(
                InboxFixture.Delivery("e1", deliveryCount: delivery),
                (_, _) =>
                {
                    runs++;
                    var (rows, messages) = Effects(fault);
                    return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), rows: rows, messages: messages));
                },
                new InboxExecution<OperationResult> { Shape = operation => operation with { Placement = RecordPlacement.InPartition(InboxFixture.Account), SendsMessages = true } },
                default));

            Assert.Equal(RejectionReasons.OutcomeUnknown, letter.Reason);
            Assert.Contains(reason, letter.Description, StringComparison.Ordinal);
        }

        Assert.Equal(1, runs);
    }

    private static Task<InboxDecision> Decide(string fault, ref int runs)
    {
        runs++;
        var (rows, messages) = Effects(fault);
        return Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = rows, Messages = messages });
    }

    private static (IReadOnlyList<RowWrite> Rows, IReadOnlyList<OutboxMessage> Messages) Effects(string fault) => fault switch
    {
        "a message of 300 KB" => ([], [new OutboxMessage("events", new byte[300 * 1024])]),
        "101 rows" => ([.. Enumerable.Range(0, 101).Select(number => RowWrite.Insert($"line|{number}", new Dictionary<string, object>()))], []),
        _ => ([RowWrite.Insert("line", new Dictionary<string, object> { ["Price"] = 1.5m })], []),
    };

    private static Settlement.DeadLetter Letter(InboxOutcome outcome) => Assert.IsType<Settlement.DeadLetter>(outcome.ToSettlement());
}
