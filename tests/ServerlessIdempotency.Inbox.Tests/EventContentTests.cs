using System.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>Law 12: another message under the id of one that was applied is told, and is no duplicate; what means the same is one, however it is written.</summary>
public sealed class EventContentTests
{
    private readonly InboxFixture _fixture = new();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    public async Task Another_body_under_the_same_MessageId_is_a_dead_letter(int deliveryCount, int cached)
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance(), new InboxOptions { LocalCacheEntries = cached });
        Assert.IsType<InboxOutcome.Processed>(await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 5)));

        var letter = Assert.IsType<Settlement.DeadLetter>((await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 6, deliveryCount))).ToSettlement());

        Assert.Equal(RejectionReasons.EventIdReused, letter.Reason);
        Assert.Contains("says something else", letter.Description, StringComparison.Ordinal);
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 5, deliveryCount)));
        Assert.Single(await _fixture.EntriesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Another_body_is_a_dead_letter_where_the_event_was_claimed(int deliveryCount)
    {
        var runs = 0;
        Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(InboxFixture.Delivery("e1", amount: 5)));
        Assert.Equal(RejectionReasons.EventIdReused, Assert.IsType<InboxOutcome.Rejected>(await ExecuteAsync(InboxFixture.Delivery("e1", amount: 6, deliveryCount))).Reason);
        Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(InboxFixture.Delivery("e1", amount: 5, deliveryCount)));
        Assert.Equal(1, runs);

        async Task<InboxOutcome> ExecuteAsync(InboxDelivery delivery)
        {
            using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
            return await inbox.ExecuteAsync<OperationResult>(
                delivery,
                (_, _) =>
                {
                    runs++;
                    return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done")));
                },
                execution: null,
                default);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_body_is_a_dead_letter_in_a_batch(bool isEarlier)
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var first = InboxFixture.Delivery("e1", amount: 5);
        if (isEarlier)
        {
            await ApplyAsync(inbox, first);
        }

        var outcomes = await inbox.ExecuteBatchAsync(
            [first, InboxFixture.Delivery("e1", amount: 6), InboxFixture.Delivery("e1", amount: 5), InboxFixture.Delivery("e2")], _ => InboxFixture.Account, _fixture.EnterAsync, default);

        Assert.Equal($"{(isEarlier ? "Duplicate" : "Processed")} Rejected Duplicate Processed", Batches.BatchFixture.Text(outcomes));
        Assert.Equal(RejectionReasons.EventIdReused, Assert.IsType<InboxOutcome.Rejected>(outcomes[1]).Reason);
        Assert.Equal(2, (await _fixture.EntriesAsync()).Count);
    }

    /// <summary>The first of them is not applied: its id is free for the other one, as where they come one by one.</summary>
    [Fact]
    public async Task The_id_of_a_message_of_the_batch_that_is_not_applied_stands_for_nothing()
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var outcomes = await inbox.ExecuteBatchAsync(
            [InboxFixture.Delivery("e1", amount: 0), InboxFixture.Delivery("e1", amount: 6)], _ => InboxFixture.Account, new Batches.BatchFixture().EnterAsync, default);
        Assert.Equal("Rejected Processed", Batches.BatchFixture.Text(outcomes));
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """{ "b" : "\u0078", "a" : 1.0 }""", "application/json", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", "application/json", false)]
    [InlineData("""{"a":1}""", """{ "a":1}""", "text/plain", false)]
    [InlineData("""{"a":1}""", """{ "a":1}""", null, true)]
    [InlineData("a b", "a  b", null, false)]
    [InlineData("1.0", "1", null, false)]
    [InlineData("\uFEFF[1]", " [ 1.0]", null, true)]
    [InlineData("{no json", "{no  json", null, false)]
    [InlineData("1.0", "1", "application/json", true)]
    [InlineData("no json", "no json", "application/json", true)]
    [InlineData("no json", "no  json", "application/json", false)]
    public void JSON_is_compared_by_what_it_says_and_the_rest_byte_by_byte(string one, string other, string? contentType, bool isSame) =>
        Assert.Equal(isSame, Content(Message(one, contentType)) == Content(Message(other, contentType)));

    [Fact]
    public void The_subject_belongs_to_the_content() =>
        Assert.NotEqual(Content(new InboundMessage("x"u8.ToArray()) { Subject = "paid" }), Content(new InboundMessage("x"u8.ToArray()) { Subject = "refunded" }));

    /// <summary>What a broker or a tool adds on the way is none: the delivery count, properties of a trace, the moment.</summary>
    [Fact]
    public void What_is_added_on_the_way_does_not_belong_to_the_content() => Assert.Equal(
        Content(new InboundMessage("x"u8.ToArray()) { MessageId = "m" }),
        Content(new InboundMessage("x"u8.ToArray()) { MessageId = "m", DeliveryCount = 4, EnqueuedAt = DateTimeOffset.UnixEpoch, Properties = new Dictionary<string, object?> { ["Diagnostic-Id"] = "00-1" } }));

    /// <summary>CloudEvents 1.0: the same source and id are the same event, in either form of the message and under another time of sending.</summary>
    [Theory]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/s","type":"paid","data":{ "amount": 5.0 },"time":"2026-01-01T00:00:00Z","traceparent":"00-1"}""", true)]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/s","type":"paid","data":{ "amount": 6 }}""", false)]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/s","type":"refunded","data":{ "amount": 5 }}""", false)]
    [InlineData("""{"specversion":"1.0","id":"7","source":"/s","type":"paid","subject":"p-1","data":{ "amount": 5 }}""", false)]
    public void A_CloudEvent_is_compared_by_what_happened(string structured, bool isSame)
    {
        var binary = new InboundMessage("""{"amount":5}"""u8.ToArray())
        {
            ContentType = "application/json",
            Properties = new Dictionary<string, object?> { ["cloudEvents:specversion"] = "1.0", ["cloudEvents:id"] = "7", ["cloudEvents:source"] = "/s", ["cloudEvents:type"] = "paid" },
        };
        Assert.Equal(isSame, Content(binary) == Content(new InboundMessage(Encoding.UTF8.GetBytes(structured)) { ContentType = "application/cloudevents+json" }));
    }

    [Fact]
    public async Task A_consumer_may_say_what_an_event_means()
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var meaning = Fingerprint.FromBytes("order", "o-1"u8);
        await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 5) with { Fingerprint = meaning });
        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 6) with { Fingerprint = meaning }));
        Assert.IsType<InboxOutcome.Rejected>(await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 5) with { Fingerprint = Fingerprint.FromBytes("order", "o-2"u8) }));
    }

    /// <summary>Law 4: a mark of the version before says nothing about the content, and whatever comes under its id is a duplicate, as it was.</summary>
    [Fact]
    public async Task A_mark_without_content_makes_everything_a_duplicate()
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 5));
        var mark = Assert.Single(await _fixture.Outside.RowsAsync("Business", "p", "event|"));
        var values = mark.Values.Where(column => column.Key != "ContentHash").ToDictionary();
        Assert.Equal(mark.Values.Count - 1, values.Count);
        await _fixture.Outside.Memory.WriteAsync(new RowTransaction(InboxFixture.Account, [RowWrite.Replace(mark.Address.RowKey, values, mark.ETag)]), default);

        Assert.IsType<InboxOutcome.Duplicate>(await ApplyAsync(inbox, InboxFixture.Delivery("e1", amount: 6)));
    }

    /// <summary>Law 13, both ways: the version before keeps the id as the fingerprint and no content, whether it is still at work or done, and reads what this one has written.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_claim_of_the_version_before_is_of_the_same_event(bool isDone)
    {
        var runs = 0;
        if (isDone)
        {
            await ExecuteAsync(InboxFixture.Delivery("e1", amount: 5), fails: false);
        }
        else
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => ExecuteAsync(InboxFixture.Delivery("e1", amount: 5), fails: true));
        }

        var record = Assert.Single(await RecordsAsync());
        Assert.Equal(Fingerprint.FromBytes("statement", Encoding.UTF8.GetBytes(EventId.FromText("e1").Value)).Value, record.GetString("Fingerprint"));
        var values = record.Values.Where(column => column.Key != "ContentHash").ToDictionary();
        Assert.Equal(record.Values.Count - 1, values.Count);
        await _fixture.Outside.Memory.WriteAsync(new RowTransaction(record.Address.Partition, [RowWrite.Replace(record.Address.RowKey, values, record.ETag)]), default);

        var outcome = await ExecuteAsync(InboxFixture.Delivery("e1", amount: 5, deliveryCount: 2), fails: false);

        Assert.Equal(isDone ? typeof(InboxOutcome.Duplicate) : typeof(InboxOutcome.Processed), outcome.GetType());
        Assert.Equal(isDone ? 1 : 2, runs);
        Assert.Equal(!isDone, Assert.Single(await RecordsAsync()).Values.ContainsKey("ContentHash"));

        async Task<InboxOutcome> ExecuteAsync(InboxDelivery delivery, bool fails)
        {
            using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
            using var stop = new CancellationTokenSource();
            return await inbox.ExecuteAsync<OperationResult>(
                delivery,
                async (_, token) =>
                {
                    runs++;
                    if (fails)
                    {
                        await stop.CancelAsync();
                        token.ThrowIfCancellationRequested();
                    }

                    return HandlerOutcome.Completed(EngineFixture.Result("done"));
                },
                new InboxExecution<OperationResult> { Shape = operation => operation with { Placement = RecordPlacement.InPartition(InboxFixture.Account) } },
                stop.Token);
        }
    }

    [Fact]
    public async Task Where_a_consumer_sets_the_fingerprint_it_alone_decides()
    {
        using var inbox = _fixture.NewInbox(_fixture.Outside.NewInstance());
        var execution = new InboxExecution<OperationResult>
        {
            Shape = operation => operation with { Fingerprint = Fingerprint.FromBytes("payment", "p-1"u8), Placement = RecordPlacement.InPartition(InboxFixture.Account) },
        };
        Task<InboxOutcome> ExecuteAsync(int amount) => inbox.ExecuteAsync<OperationResult>(
            InboxFixture.Delivery("e1", amount), (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"))), execution, default);

        Assert.IsType<InboxOutcome.Processed>(await ExecuteAsync(5));
        Assert.IsType<InboxOutcome.Duplicate>(await ExecuteAsync(6));
        Assert.False(Assert.Single(await RecordsAsync()).Values.ContainsKey("ContentHash"));
    }

    private Task<List<Row>> RecordsAsync() => _fixture.Outside.RowsAsync(InboxFixture.Account.Table, InboxFixture.Account.PartitionKey, "idem|");

    private Task<InboxOutcome> ApplyAsync(MessageInbox inbox, InboxDelivery delivery) => inbox.ApplyAsync(delivery, InboxFixture.Account, _fixture.EnterAsync, default);

    private static Fingerprint Content(InboundMessage message) =>
        Assert.IsType<EventIdentity.Known>(EventIdentity.Of(new InboxDelivery("c", message with { MessageId = "m" }), "event-id")).Content;

    private static InboundMessage Message(string body, string? contentType) => new(Encoding.UTF8.GetBytes(body)) { ContentType = contentType };
}
