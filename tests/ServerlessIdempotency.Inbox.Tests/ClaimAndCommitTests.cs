using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>Messages whose handlers have outside effects.</summary>
public sealed class ClaimAndCommitTests
{
    private readonly InboxFixture _fixture = new();
    private readonly List<string> _calls = [];

    [Fact]
    public async Task A_message_is_executed_once_and_then_a_duplicate_with_the_same_result()
    {
        var first = Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(InboxFixture.Delivery("e1")));
        var second = Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2)));
        Assert.Equal(EngineFixture.Text(first.Result!), EngineFixture.Text(second.Result!));
        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_redelivered_duplicate_costs_one_round_trip()
    {
        await ExecuteAsync(InboxFixture.Delivery("e1"));
        var app = _fixture.Outside.NewInstance();
        await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2), app: app);
        Assert.Equal(1, app.Gate.Calls);
    }

    [Fact]
    public async Task While_another_consumer_applies_it_the_message_is_given_back()
    {
        var outcome = await ExecuteAsync(InboxFixture.Delivery("e1"), async (context, cancellationToken) =>
        {
            var told = Assert.IsType<InboxOutcome.InProgressElsewhere>(await ExecuteAsync(InboxFixture.Delivery("e1")));
            Assert.True(told.LeaseLeft > TimeSpan.FromSeconds(59));
            Assert.IsType<Settlement.Abandon>(told.ToSettlement());
            return await HandleAsync(context, cancellationToken);
        });
        Assert.IsType<InboxOutcome.Processed>(outcome);
        Assert.Single(_calls);
    }

    // Law 6: after a failure the outside call carries the same key.
    [Fact]
    public async Task A_failed_message_is_executed_again_with_the_same_outside_key()
    {
        var keys = new List<string>();
        var failed = Assert.IsType<InboxOutcome.Failed>(await ExecuteAsync(InboxFixture.Delivery("e1"), (context, _) =>
        {
            keys.Add(context.StableKey("mail"));
            throw new IOException("cut");
        }));
        Assert.IsType<IOException>(failed.Cause);

        Assert.IsType<InboxOutcome.Failed>(await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2), (context, _) =>
        {
            keys.Add(context.StableKey("mail"));
            return Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("later")));
        }));
        Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 3), (context, cancellationToken) =>
        {
            keys.Add(context.StableKey("mail"));
            return HandleAsync(context, cancellationToken);
        }));
        Assert.Single(keys.Distinct());
        Assert.Equal(3, keys.Count);
    }

    [Fact]
    public async Task A_command_by_HTTP_and_by_queue_is_one_operation_and_another_content_is_rejected()
    {
        var http = EngineFixture.Operation("e1");
        var app = _fixture.Outside.NewInstance();
        await app.Engine.ExecuteAsync(http, HandleAsync, default);

        var byQueue = new InboxExecution<OperationResult> { Shape = operation => http with { LikelyRetry = operation.LikelyRetry } };
        Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(InboxFixture.Delivery("e1"), execution: byQueue));
        var other = new InboxExecution<OperationResult> { Shape = _ => http with { Fingerprint = Fingerprint.FromJson("pay", "{}"u8.ToArray()) } };
        var rejected = Assert.IsType<InboxOutcome.Rejected>(await ExecuteAsync(InboxFixture.Delivery("e1"), execution: other));
        Assert.Equal(RejectionReasons.EventIdReused, rejected.Reason);
        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_failed_attempt_that_the_consumer_calls_a_rejection_is_a_dead_letter()
    {
        var execution = new InboxExecution<OperationResult> { Rejection = result => result.StatusCode == 400 ? new InboxOutcome.Rejected("Odd", "Correct it.") : null };
        Assert.IsType<InboxOutcome.Rejected>(await ExecuteAsync(InboxFixture.Delivery("e1"), Fails(400), execution));
        Assert.IsType<InboxOutcome.Failed>(await ExecuteAsync(InboxFixture.Delivery("e2"), Fails(503), execution));

        static Func<OperationContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> Fails(int status) => (_, _) => Task.FromResult(HandlerOutcome.NoEffect(new OperationResult(status, [], default)));
    }

    // It would only come back to be told so. The exception is that of the function, so that its invocation counts as failed.
    [Theory]
    [InlineData(CrashPolicy.Block, typeof(IOException))]
    [InlineData(CrashPolicy.Block, typeof(StoreUnavailableException))]
    [InlineData(CrashPolicy.Block, typeof(OperationCanceledException))]
    [InlineData(CrashPolicy.Park, typeof(TimeoutException))]
    public async Task A_delivery_that_gave_no_answer_is_a_dead_letter_at_once_and_so_is_every_later_one(CrashPolicy policy, Type end)
    {
        var execution = Under(policy);
        var cause = (Exception)Activator.CreateInstance(end)!;
        var own = Assert.IsType<InboxOutcome.Rejected>(await ExecuteAsync(InboxFixture.Delivery("e1"), (_, _) => throw cause, execution));
        Assert.Equal(RejectionReasons.OutcomeUnknown, own.Reason);
        Assert.StartsWith("This delivery", own.Description, StringComparison.Ordinal);
        Assert.Same(cause, Assert.IsType<Settlement.DeadLetter>(own.ToSettlement()).Cause);

        var later = Assert.IsType<InboxOutcome.Rejected>(await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2), execution: execution));
        Assert.Equal(RejectionReasons.OutcomeUnknown, later.Reason);
        Assert.StartsWith("An earlier delivery", later.Description, StringComparison.Ordinal);
        Assert.Null(later.Cause);
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    public async Task A_delivery_that_gave_no_answer_comes_again_where_the_next_one_may_run_or_ask(CrashPolicy policy) =>
        Assert.IsType<InboxOutcome.Failed>(await ExecuteAsync(InboxFixture.Delivery("e1"), (_, _) => throw new IOException("cut"), Under(policy)));

    // It is the record that counts: another channel has claimed it under its own policy, or a limit was met.
    [Fact]
    public async Task A_delivery_that_gave_no_answer_is_judged_by_its_record()
    {
        await ExecuteAsync(InboxFixture.Delivery("e1"), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("later"))), Under(CrashPolicy.Block));
        var strict = await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2), (_, _) => throw new IOException("cut"), Under(CrashPolicy.Rerun));
        Assert.Equal(RejectionReasons.OutcomeUnknown, Assert.IsType<InboxOutcome.Rejected>(strict).Reason);

        var tooMany = Enumerable.Range(0, 101).Select(number => RowWrite.Insert($"row|{number}", new Dictionary<string, object>())).ToList();
        var limit = await ExecuteAsync(InboxFixture.Delivery("e2"), (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), rows: tooMany)));
        Assert.Equal(RejectionReasons.OutcomeUnknown, Assert.IsType<InboxOutcome.Rejected>(limit).Reason);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(CrashPolicy.Rerun, false)]
    [InlineData(CrashPolicy.Block, true)]
    public async Task A_delivery_that_took_as_long_as_it_may_is_a_dead_letter_where_no_other_one_may_run(CrashPolicy policy, bool isDeadLetter)
    {
        var execution = new InboxExecution<OperationResult> { Shape = operation => operation with { CrashPolicy = policy, MaxExecution = TimeSpan.FromSeconds(10) } };
        var running = ExecuteAsync(
            InboxFixture.Delivery("e1"),
            async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException("Unreachable.");
            },
            execution);
        while (!running.IsCompleted)
        {
            _fixture.Outside.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var outcome = await running;
        Assert.Equal(isDeadLetter, outcome is InboxOutcome.Rejected { Reason: RejectionReasons.OutcomeUnknown, Cause: OperationCanceledException });
        Assert.Equal(!isDeadLetter, outcome is InboxOutcome.Failed);
    }

    [Fact]
    public async Task A_stored_result_is_never_a_rejection()
    {
        var execution = new InboxExecution<OperationResult> { Rejection = _ => new InboxOutcome.Rejected("Odd", "Correct it.") };
        Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(InboxFixture.Delivery("e1"), execution: execution));
        Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(InboxFixture.Delivery("e1"), execution: execution));
        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_store_out_of_reach_gives_the_message_back()
    {
        var app = _fixture.Outside.NewInstance();
        app.Gate.Before = _ => throw new StoreUnavailableException();
        Assert.IsType<StoreUnavailableException>(Assert.IsType<InboxOutcome.Failed>(await ExecuteAsync(InboxFixture.Delivery("e1"), app: app)).Cause);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task An_event_is_remembered_for_the_inboxs_retention_not_the_engines()
    {
        await ExecuteAsync(InboxFixture.Delivery("e1"));
        _fixture.Outside.Time.Advance(_fixture.Options.Retention + new IdempotencyOptions().ClockSkewMargin - TimeSpan.FromTicks(1));
        Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(InboxFixture.Delivery("e1")));
        _fixture.Outside.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(InboxFixture.Delivery("e1")));
    }

    [Fact]
    public async Task The_scope_is_tenant_and_consumer_and_the_key_the_event_id()
    {
        Operation? seen = null;
        var execution = new InboxExecution<OperationResult> { Shape = operation => seen = operation };
        await ExecuteAsync(InboxFixture.Delivery("e1", deliveryCount: 2) with { Tenant = "t" }, execution: execution);
        Assert.Equal((new OperationScope("t", "statement"), IdempotencyKey.Create(EventId.FromText("e1").Value), true), (seen!.Scope, seen.Key, seen.LikelyRetry));
    }

    private static InboxExecution<OperationResult> Under(CrashPolicy policy) => new() { Shape = operation => operation with { CrashPolicy = policy } };

    private async Task<InboxOutcome> ExecuteAsync(InboxDelivery delivery, Func<OperationContext, CancellationToken, Task<HandlerOutcome<OperationResult>>>? handler = null, InboxExecution<OperationResult>? execution = null, AppInstance? app = null)
    {
        using var inbox = _fixture.NewInbox(app ?? _fixture.Outside.NewInstance());
        return await inbox.ExecuteAsync(delivery, handler ?? HandleAsync, execution, default);
    }

    private Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        _calls.Add(context.StableKey("call"));
        return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result($"call {_calls.Count}")));
    }
}
