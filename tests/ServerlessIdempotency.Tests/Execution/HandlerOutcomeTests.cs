using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;

namespace ServerlessIdempotency.Tests.Execution;

public sealed class HandlerOutcomeTests
{
    [Fact]
    public void The_same_decision_in_other_terms_keeps_result_rows_and_messages()
    {
        var result = EngineFixture.Result("stored");
        RowWrite[] rows = [RowWrite.Insert("payment|1", new Dictionary<string, object>())];
        OutboxMessage[] messages = [new OutboxMessage("events", "paid"u8.ToArray())];
        HandlerOutcome<int> outcome = new HandlerOutcome<int>.Completed(7, result) { Rows = rows, Messages = messages };

        var told = Assert.IsType<HandlerOutcome<string>.Completed>(outcome.Select(value => $"{value}!"));
        Assert.Equal(("7!", result), (told.Value, told.Result));
        Assert.Same(rows, told.Rows);
        Assert.Same(messages, told.Messages);
    }

    [Fact]
    public void A_failure_in_other_terms_stays_what_it_is()
    {
        Assert.Equal(new HandlerOutcome<string>.Failed("7"), HandlerOutcome.Failed(7).Select(value => $"{value}"));
        Assert.Equal(new HandlerOutcome<string>.NoEffect("7"), HandlerOutcome.NoEffect(7).Select(value => $"{value}"));
    }

    [Fact]
    public async Task The_caller_whose_call_ran_is_told_the_value_and_a_later_one_the_result()
    {
        var fixture = new EngineFixture();
        using var engine = fixture.NewEngine();
        Task<HandlerOutcome<int>> Handle(OperationContext context, CancellationToken cancellationToken) =>
            Task.FromResult<HandlerOutcome<int>>(new HandlerOutcome<int>.Completed(7, EngineFixture.Result("stored")));

        var first = Assert.IsType<ExecutionOutcome<int>.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), Handle, default));
        var second = Assert.IsType<ExecutionOutcome<int>.Replayed>(await engine.ExecuteAsync(EngineFixture.Operation(), Handle, default));
        Assert.Equal((7, "stored", "stored"), (first.Value, EngineFixture.Text(first.Result), EngineFixture.Text(second.Result)));
    }
}
