using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Messages;

public sealed class MessageExecutionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly BreakableStore _store;
    private readonly IdempotencyEngine _engine;
    private readonly MessageInbox _inbox;
    private readonly MessageExecution _execution;
    private readonly FunctionSettings _function = new("OnOrder", new KeySource.EventIdentity());
    private int _runs;

    public MessageExecutionTests()
    {
        _store = new BreakableStore(new InMemoryRowStore());
        var options = new IdempotencyOptions { LocalCacheBytes = 0 };
        _engine = new IdempotencyEngine(new RowWriter(_store, new RowWriterOptions { MaxResends = 0 }, _time), options, _time, NullLogger<IdempotencyEngine>.Instance);
        var inboxOptions = new InboxOptions { FirstRedeliveryPause = TimeSpan.Zero, MaxRedeliveryPause = TimeSpan.Zero };
        inboxOptions.Rules.MaxDeliveryCount = 3;
        _inbox = new MessageInbox(new RowWriter(_store, new RowWriterOptions { MaxResends = 0 }, _time), _engine, inboxOptions, _time, NullLogger<MessageInbox>.Instance);
        _execution = new MessageExecution(_inbox, new RedeliveryPolicy(inboxOptions, _time, NullLogger<RedeliveryPolicy>.Instance), Options.Create(options), new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), NullLogger<MessageExecution>.Instance);
    }

    [Fact]
    public async Task A_message_is_completed_after_its_function_ran()
    {
        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message()));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_duplicate_is_completed_without_running_the_function()
    {
        await ExecuteAsync(Message());

        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message()));
        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message() with { DeliveryCount = 2 }));
        Assert.Equal(1, _runs);
    }

    /// <summary>Guards the check of <c>BodyFault</c> in <c>RedeliveryPolicy.ConsumeAsync</c>: a key in the body would be called missing.</summary>
    [Fact]
    public async Task A_body_without_exact_bytes_is_dead_lettered_with_why()
    {
        var message = Message() with { BodyFault = "The body is a list." };
        foreach (var function in new[] { _function, _function with { Key = new KeySource.Body(JsonKeyPath.Parse("$.id")) } })
        {
            var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(message, function));
            Assert.Equal((RejectionReasons.BodyUnreadable, "The body is a list."), (letter.Reason, letter.Description));
        }

        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_message_whose_function_throws_is_abandoned_and_runs_again()
    {
        var failure = new InvalidOperationException("The receipt printer is on fire.");

        var settlement = Assert.IsType<Settlement.Abandon>(await ExecuteAsync(Message(), run: () => throw failure));

        Assert.Same(failure, settlement.Cause);
        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message() with { DeliveryCount = 2 }));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task At_the_last_delivery_a_failed_message_is_dead_lettered_with_our_reason()
    {
        for (var delivery = 1; delivery < 3; delivery++)
        {
            Assert.IsType<Settlement.Abandon>(await ExecuteAsync(Message() with { DeliveryCount = delivery }, run: () => throw new InvalidOperationException("on fire")));
        }

        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message() with { DeliveryCount = 3 }, run: () => throw new InvalidOperationException("on fire")));

        Assert.Equal("DeliveriesExhausted", letter.Reason);
        Assert.Contains("on fire", letter.Description, StringComparison.Ordinal);
        Assert.Contains("3 of 3", letter.Description, StringComparison.Ordinal);
        Assert.NotNull(letter.Cause);
    }

    [Fact]
    public async Task A_rejected_message_is_dead_lettered_and_runs_when_it_is_resubmitted()
    {
        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message(), run: () => new MessageOutcome.Rejected("UnknownAccount", "No such account.")));

        Assert.Equal(("UnknownAccount", "No such account."), (letter.Reason, letter.Description));
        Assert.Null(letter.Cause);
        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message()));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task A_message_that_reuses_a_key_with_other_content_is_dead_lettered_and_does_not_run()
    {
        var function = _function with { Key = new KeySource.Property("order") };
        var message = Message() with { Properties = new Dictionary<string, object?> { ["order"] = 17 } };
        await ExecuteAsync(message, function);

        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(message with { MessageId = "m-2", Body = """{"amount":2}"""u8.ToArray() }, function));

        Assert.Equal("EventIdReused", letter.Reason);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task The_key_may_come_from_a_property_or_from_the_body()
    {
        var byProperty = _function with { Key = new KeySource.Property("order") };
        var byBody = _function with { Key = new KeySource.Body(JsonKeyPath.Parse("$.order")) };
        var message = Message() with { Body = """{"order":"17"}"""u8.ToArray(), Properties = new Dictionary<string, object?> { ["order"] = "17" } };

        await ExecuteAsync(message, byProperty);
        await ExecuteAsync(message with { MessageId = "m-2" }, byBody);
        await ExecuteAsync(message with { MessageId = "m-3" }, byProperty);

        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("""{"amount":1}""")]
    [InlineData("not JSON")]
    public async Task A_message_without_its_key_is_dead_lettered(string body)
    {
        var message = Message() with { Body = Encoding.UTF8.GetBytes(body) };

        Assert.Equal("EventIdMissing", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(message, _function with { Key = new KeySource.Property("order") })).Reason);
        Assert.Equal("EventIdMissing", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(message, _function with { Key = new KeySource.Body(JsonKeyPath.Parse("$.order")) })).Reason);
        Assert.Equal("EventIdMissing", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(message, _function with { PrincipalProperty = "tenant" })).Reason);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task The_same_key_of_two_principals_is_two_operations()
    {
        var function = _function with { PrincipalProperty = "tenant" };

        await ExecuteAsync(Message() with { Properties = new Dictionary<string, object?> { ["tenant"] = "a" } }, function);
        await ExecuteAsync(Message() with { Properties = new Dictionary<string, object?> { ["tenant"] = "b" } }, function);

        Assert.Equal(2, _runs);
    }

    /// <summary>Laws 10 and 12: both were "System.Byte[]".</summary>
    [Fact]
    public async Task Binary_keys_and_principals_are_told_apart_and_what_has_no_exact_text_is_dead_lettered()
    {
        var byKey = _function with { Key = new KeySource.Property("order") };
        var byPrincipal = _function with { PrincipalProperty = "tenant" };

        foreach (byte[] value in new byte[][] { [1], [2] })
        {
            await ExecuteAsync(With("order", value), byKey);
            await ExecuteAsync(With("tenant", value), byPrincipal);
        }

        Assert.Equal(4, _runs);
        Assert.Equal("EventIdMissing", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(With("order", new object()), byKey)).Reason);
        Assert.Equal("EventIdMissing", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(With("tenant", new object()), byPrincipal)).Reason);

        static InboundMessage With(string name, object value) => Message() with { Properties = new Dictionary<string, object?> { [name] = value } };
    }

    [Theory]
    [InlineData("an id with spaces")]
    [InlineData("größer")]
    public async Task An_id_that_is_no_idempotency_key_still_names_its_message(string id)
    {
        await ExecuteAsync(Message() with { MessageId = id });
        await ExecuteAsync(Message() with { MessageId = id });
        await ExecuteAsync(Message() with { MessageId = id + "!" });

        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task A_CloudEvent_is_known_by_its_source_and_id_whatever_message_carries_it()
    {
        await ExecuteAsync(Event("e-1"));
        await ExecuteAsync(Event("e-1", data: "  1 ") with { MessageId = "m-2" });
        await ExecuteAsync(Event("e-2"));

        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task An_event_that_is_named_by_a_property_is_known_by_it()
    {
        var message = Message() with { Properties = new Dictionary<string, object?> { ["event-id"] = "e-1" } };

        await ExecuteAsync(message);
        await ExecuteAsync(message with { MessageId = "m-2" });

        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_CloudEvent_without_an_id_is_dead_lettered_and_does_not_run()
    {
        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(
            Message() with { ContentType = "application/cloudevents+json", Body = """{"specversion":"1.0","source":"/s","type":"t"}"""u8.ToArray() }));

        Assert.Equal("CloudEventMalformed", letter.Reason);
        Assert.Equal(0, _runs);
    }

    // Guards key and fingerprint: the two must agree in both.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_function_and_an_inbox_consumer_of_one_name_know_each_others_events(bool inboxFirst)
    {
        foreach (var message in (InboundMessage[])[Event("e-1"), Message()])
        {
            _runs = 0;
            if (inboxFirst)
            {
                Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(message));
                Assert.IsType<Settlement.Complete>(await ExecuteAsync(message));
            }
            else
            {
                Assert.IsType<Settlement.Complete>(await ExecuteAsync(message));
                Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(message));
            }

            Assert.Equal(1, _runs);
        }

        Task<InboxOutcome> ApplyAsync(InboundMessage message) => _inbox.ExecuteAsync(
            new InboxDelivery("OnOrder", message),
            (_, _) =>
            {
                _runs++;
                return Task.FromResult(HandlerOutcome.Completed(OperationResult.Empty));
            },
            execution: null,
            CancellationToken.None);
    }

    [Fact]
    public async Task A_key_that_is_half_a_surrogate_pair_is_no_key_and_the_message_is_dead_lettered()
    {
        var function = _function with { Key = new KeySource.Body(JsonKeyPath.Parse("$.order.id")) };

        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message() with { Body = """{"order":{"id":"\ud800"}}"""u8.ToArray() }, function));

        Assert.Equal("EventIdMissing", letter.Reason);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Two_functions_each_get_a_message_unless_they_share_an_operation()
    {
        await ExecuteAsync(Message());
        await ExecuteAsync(Message(), _function with { Name = "Receipts" });
        await ExecuteAsync(Message(), _function with { Name = "Again", Operation = "Receipts" });

        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task While_the_store_does_not_answer_the_message_comes_again_and_at_last_is_dead_lettered()
    {
        _store.IsBroken = true;

        Assert.IsType<Settlement.Abandon>(await ExecuteAsync(Message()));
        Assert.Equal("DeliveriesExhausted", Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message() with { DeliveryCount = 3 })).Reason);
        Assert.Equal(0, _runs);
    }

    /// <summary>Guards <c>Operation.Wait</c>: without it each redelivery during the other's work would count towards the dead-letter queue.</summary>
    [Fact]
    public async Task A_message_that_is_still_in_progress_waits_for_the_others_result()
    {
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var first = _execution.ExecuteAsync(Message(), _function, async (_, _) =>
        {
            started.SetResult();
            await finish.Task;
            return null;
        }, CancellationToken.None);
        await started.Task;

        var second = ExecuteAsync(Message() with { DeliveryCount = 2 });
        Assert.False(second.IsCompleted);
        finish.SetResult();
        Assert.IsType<Settlement.Complete>(await first);
        while (!second.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        Assert.IsType<Settlement.Complete>(await second);
        Assert.Equal(0, _runs);
    }

    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_message_that_may_not_run_again_is_dead_lettered_for_a_person(CrashPolicy policy)
    {
        var function = _function with { CrashPolicy = policy };
        var cause = new IOException("The connection is gone.");

        // At once, and the invocation counts as failed.
        var own = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message(), function, run: () => throw cause));
        Assert.Equal(("OutcomeUnknown", cause), (own.Reason, own.Cause));

        // So is a copy of it, without running it.
        var letter = Assert.IsType<Settlement.DeadLetter>(await ExecuteAsync(Message() with { DeliveryCount = 2 }, function));
        Assert.Null(letter.Cause);
        Assert.Equal(("OutcomeUnknown", 1), (letter.Reason, _runs));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_probe_of_the_attribute_is_asked_before_a_message_runs_again(bool happened, int runs)
    {
        var function = _function with { CrashPolicy = CrashPolicy.Probe, ProbeType = happened ? typeof(FindingProbe) : typeof(PreventingProbe) };
        await ExecuteAsync(Message(), function, run: () => throw new IOException("The connection is gone."));

        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message() with { DeliveryCount = 2 }, function));
        Assert.Equal(runs, _runs);
    }

    [Fact]
    public async Task Where_the_host_stops_the_message_is_given_back_uncommitted()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _execution.ExecuteAsync(Message(), _function, async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null;
        }, stop.Token));

        Assert.IsType<Settlement.Complete>(await ExecuteAsync(Message() with { DeliveryCount = 2 }));
        Assert.Equal(1, _runs);
    }

    public void Dispose()
    {
        _inbox.Dispose();
        _engine.Dispose();
    }

    private Task<Settlement> ExecuteAsync(InboundMessage message, FunctionSettings? function = null, Func<MessageOutcome?>? run = null) =>
        _execution.ExecuteAsync(
            message,
            function ?? _function,
            (_, _) =>
            {
                _runs++;
                return Task.FromResult(run?.Invoke());
            },
            CancellationToken.None);

    private static InboundMessage Event(string id, string data = "1") => new(Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"/s","type":"t","data":{{data}}}"""))
    {
        MessageId = "m-1",
        ContentType = "application/cloudevents+json",
    };

    private static InboundMessage Message() => new("""{"amount":1}"""u8.ToArray()) { MessageId = "m-1", ContentType = "application/json" };

    private sealed class FindingProbe : IOperationProbe
    {
        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult<Found>(new Found.Happened(HandlerOutcome.Completed(OperationResult.Empty)));
    }

    private sealed class PreventingProbe : IOperationProbe
    {
        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult<Found>(new Found.Prevented());
    }
}
