using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Batches;

public sealed class BatchExecutionTests
{
    private static readonly PartitionAddress Account = new("Business", "account");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly FunctionSettings _function = new("OnEntries", new KeySource.EventIdentity());
    private readonly BatchExecution _execution;

    public BatchExecutionTests()
    {
        var services = new ServiceCollection().AddLogging().AddIdempotency().AddInMemoryStore()
            .AddInbox(options => (options.FirstRedeliveryPause, options.MaxRedeliveryPause) = (TimeSpan.Zero, TimeSpan.Zero)).Services;
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        _execution = services.AddSingleton<BatchExecution>().BuildServiceProvider().GetRequiredService<BatchExecution>();
    }

    [Fact]
    public async Task Each_message_is_settled_by_its_own_outcome()
    {
        IReadOnlyList<InboundMessage> messages = [Message("a"), Message("b"), Message("a"), Message("fails"), Message("rejected")];
        Assert.Equal("Complete Complete Complete Abandon DeadLetter", Text(await ExecuteAsync(messages)));
        Assert.Equal("Complete Complete", Text(await ExecuteAsync([Message("b"), Message("c")])));
    }

    [Fact]
    public async Task What_is_behind_a_failed_message_of_a_session_is_released() => Assert.Equal(
        "Complete Abandon Release",
        Text(await ExecuteAsync([Message("a") with { SessionId = "s" }, Message("fails") with { SessionId = "s" }, Message("c") with { SessionId = "s" }])));

    /// <summary>As docs/functions.md says: the failed one is a dead letter with our reason, and what was behind it is given back; where its session can't be released, once too often for the broker.</summary>
    [Theory]
    [InlineData(9, "Abandon Release")]
    [InlineData(10, "DeadLetter Release")]
    public async Task At_the_last_delivery_of_a_failed_message_what_is_behind_it_is_given_back_still(int deliveryCount, string expected)
    {
        var result = await ExecuteAsync([.. new[] { "fails", "c" }.Select(id => Message(id) with { SessionId = "s", DeliveryCount = deliveryCount })]);

        Assert.Equal(expected, Text(result));
        Assert.Equal(deliveryCount == 10 ? RejectionReasons.DeliveriesExhausted : null, (result.Settlements[0] as Settlement.DeadLetter)?.Reason);
        Assert.Equal("Complete", Text(await ExecuteAsync([Message("c") with { SessionId = "s", DeliveryCount = deliveryCount + 1 }])));
    }

    [Fact]
    public async Task A_function_that_ends_without_applying_its_batch_has_failed()
    {
        var (settlements, _) = await ExecuteAsync([Message("a"), Message("b")], _ => Task.CompletedTask);
        Assert.Equal("Abandon Abandon", Text((settlements, null)));
        Assert.Contains("ApplyAsync", Assert.IsType<Settlement.Abandon>(settlements[0]).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_throws_after_its_batch_was_applied_has_it_settled_all_the_same()
    {
        var failure = new InvalidOperationException("on fire");
        var result = await ExecuteAsync([Message("a")], async batch =>
        {
            await batch.ApplyAsync(_ => Account, EnterAsync);
            throw failure;
        });
        Assert.Equal("Complete", Text(result));
        Assert.Same(failure, result.Failure);
    }

    [Fact]
    public async Task A_batch_is_applied_once()
    {
        var result = await ExecuteAsync([Message("a")], async batch =>
        {
            await batch.ApplyAsync(_ => Account, EnterAsync);
            await batch.ApplyAsync(_ => Account, EnterAsync);
        });
        Assert.IsType<InvalidOperationException>(result.Failure);
    }

    // Lock 60 s: at 45 s nothing more is begun. What was decided by then is one transaction.
    [Theory]
    [InlineData(44, "Complete Complete")]
    [InlineData(45, "Complete Release")]
    public async Task Nothing_is_begun_past_three_quarters_of_the_lock(int seconds, string settled)
    {
        var result = await ExecuteAsync([Message("a"), Message("b")], batch => batch.ApplyAsync(_ => Account, (context, token) =>
        {
            if (context.Delivery.Message.MessageId == "a")
            {
                _time.Advance(TimeSpan.FromSeconds(seconds));
            }

            return EnterAsync(context, token);
        }));
        Assert.Equal(settled, Text(result));
    }

    /// <summary>Law 9. Guards <c>WhereLockEnds</c>: given back uncounted, a message that always takes too long would hold up its session for good.</summary>
    [Theory]
    [InlineData(false, "Complete Abandon Release")]
    [InlineData(true, "Complete Release Release")]
    public async Task What_was_begun_when_its_lock_ends_counts_and_where_the_host_stops_it_does_not(bool hostStops, string settled)
    {
        using var stopping = new CancellationTokenSource();
        var result = await _execution.ExecuteAsync(
            [Message("a", "s"), Message("b", "s"), Message("c", "s")],
            lockedUntil: null,
            _function,
            batch => batch.ApplyAsync(_ => Account, (context, token) => context.Delivery.Message.MessageId == "b" ? TakeTooLongAsync(hostStops ? stopping : null, token) : EnterAsync(context, token)),
            stopping.Token);

        Assert.Equal(settled, Text(result));
        Assert.Equal(hostStops, result.Settlements[1] is not Settlement.Abandon { Cause: TimeoutException });
    }

    [Theory]
    [InlineData(false, "Abandon Release")]
    [InlineData(true, "Release Release")]
    public async Task A_function_that_is_not_done_when_its_lock_ends_has_failed_and_where_the_host_stops_it_has_not(bool hostStops, string settled)
    {
        using var stopping = new CancellationTokenSource();
        Assert.Equal(settled, Text(await _execution.ExecuteAsync(
            [Message("a", "s"), Message("b", "s")], lockedUntil: null, _function, batch => TakeTooLongAsync(hostStops ? stopping : null, new CancellationToken(canceled: true)), stopping.Token)));
    }

    private async Task<InboxDecision> TakeTooLongAsync(CancellationTokenSource? stops, CancellationToken cancellationToken)
    {
        _time.Advance(TimeSpan.FromSeconds(45));
        if (stops is not null)
        {
            await stops.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new InvalidOperationException("It was not told to stop.");
    }

    [Fact]
    public async Task Each_principal_applies_a_message_for_itself_and_one_without_is_rejected()
    {
        var function = _function with { PrincipalProperty = "tenant" };
        InboundMessage Of(string? tenant) => tenant is null ? Message("a") : Message("a") with { Properties = new Dictionary<string, object?> { ["tenant"] = tenant } };
        IReadOnlyList<InboundMessage> messages = [Of("t1"), Of(null), Of("t2"), Of("t1")];
        var runs = 0;
        var (settlements, _) = await _execution.ExecuteAsync(messages, null, function, batch => batch.ApplyAsync(_ => Account, (context, token) =>
        {
            runs++;
            return Task.FromResult<InboxDecision>(new InboxDecision.Apply());
        }), default);
        Assert.Equal("Complete DeadLetter Complete Complete", Text((settlements, null)));
        Assert.Equal(2, runs);
    }

    private Task<(IReadOnlyList<Settlement> Settlements, Exception? Failure)> ExecuteAsync(IReadOnlyList<InboundMessage> messages, Func<MessageBatch, Task>? run = null) =>
        _execution.ExecuteAsync(messages, lockedUntil: null, _function, run ?? (batch => batch.ApplyAsync(_ => Account, EnterAsync)), default);

    private static Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken) => context.Delivery.Message.MessageId switch
    {
        "fails" => throw new InvalidOperationException("on fire"),
        "rejected" => Task.FromResult<InboxDecision>(new InboxDecision.Reject("Nothing", "It is nothing.")),
        var id => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert($"entry|{id}", new Dictionary<string, object>())] }),
    };

    private static InboundMessage Message(string id, string? session = null) => new("{}"u8.ToArray()) { MessageId = id, SessionId = session };

    private static string Text((IReadOnlyList<Settlement> Settlements, Exception? Failure) result) => string.Join(' ', result.Settlements.Select(settlement => settlement.GetType().Name));
}
