using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

public sealed class OutboxRowTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task A_message_arrives_as_it_was_given()
    {
        var body = new byte[200_000];
        new Random(1).NextBytes(body);
        var given = new OutboxMessage("orders", body)
        {
            MessageId = "m-1",
            SessionId = "s-1",
            ContentType = "application/octet-stream",
            Subject = "order.created",
            CorrelationId = "c-1",
            NotBefore = _fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(1),
            Properties = new Dictionary<string, string> { ["a"] = "1", ["ü"] = "" },
        };
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", given);
        await app.FlushAsync("op");

        var got = Assert.Single(_fixture.Broker.Received);
        Assert.Equal((given.Queue, given.MessageId, given.SessionId, given.ContentType, given.Subject, given.CorrelationId, given.NotBefore), (got.Queue, got.MessageId, got.SessionId, got.ContentType, got.Subject, got.CorrelationId, got.NotBefore));
        Assert.Equal(body, got.Body.ToArray());
        Assert.Equal(given.Properties, got.Properties);
    }

    [Fact]
    public void The_default_MessageId_derives_from_the_operation_and_the_place()
    {
        var outbox = _fixture.NewInstance().Outbox;
        var first = Ids(outbox.ToRows("op", [OutboxFixture.Message("a"), OutboxFixture.Message("a")]));
        _fixture.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(first, Ids(_fixture.NewInstance().Outbox.ToRows("op", [OutboxFixture.Message("b"), OutboxFixture.Message("b")])));
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[0], Ids(outbox.ToRows("op2", [OutboxFixture.Message("a")]))[0]);

        static string[] Ids(IReadOnlyList<RowWrite> rows) => [.. rows.Cast<RowWrite.InsertRow>().Select(row => (string)row.Values["MessageId"])];
    }

    [Fact]
    public void What_no_broker_or_commit_could_take_is_refused_before_the_commit()
    {
        var outbox = _fixture.NewInstance().Outbox;
        Assert.Equal(99, outbox.ToRows("op", [.. Enumerable.Repeat(OutboxFixture.Message("a"), 99)]).Count);
        Assert.Contains("99", Assert.Throws<ArgumentException>(() => outbox.ToRows("op", [.. Enumerable.Repeat(OutboxFixture.Message("a"), 100)])).Message, StringComparison.Ordinal);
        Assert.Contains("262,144", Refusal(new OutboxMessage("q", new byte[OutboundSize.Max])), StringComparison.Ordinal);
        Assert.Contains("MessageId", Refusal(OutboxFixture.Message("a") with { MessageId = new string('x', 129) }), StringComparison.Ordinal);
        Assert.Contains("MessageId", Refusal(OutboxFixture.Message("a") with { MessageId = "" }), StringComparison.Ordinal);
        Assert.Contains("SessionId", Refusal(OutboxFixture.Message("a", new string('x', 129))), StringComparison.Ordinal);
        Assert.Contains("properties", Refusal(OutboxFixture.Message("a") with { Properties = new Dictionary<string, string> { ["p"] = new('x', 32_001) } }), StringComparison.Ordinal);
        Assert.Contains("queue", Refusal(OutboxFixture.Message("a", queue: " ")), StringComparison.OrdinalIgnoreCase);

        string Refusal(OutboxMessage message) => Assert.ThrowsAny<ArgumentException>(() => outbox.ToRows("op", [message])).Message;
    }

    // Guards each part of the size: one byte more anywhere, and the broker would refuse what is committed.
    [Fact]
    public void The_size_of_all_that_travels_is_what_is_limited()
    {
        var outbox = _fixture.NewInstance().Outbox;
        var full = new OutboxMessage("q", Array.Empty<byte>())
        {
            MessageId = "m-ü",
            SessionId = "s-1",
            ContentType = "text/plain",
            Subject = "order.created",
            CorrelationId = "c-1",
            Properties = new Dictionary<string, string> { ["a"] = "ü" },
        };
        full = full with { Body = new byte[OutboundSize.Max - OutboundSize.Of(full)] };

        Assert.Single(outbox.ToRows("op", [full]));
        foreach (var more in new[]
        {
            full with { Body = new byte[full.Body.Length + 1] },
            full with { MessageId = "m-üü" },
            full with { SessionId = "s-12" },
            full with { ContentType = "text/plains" },
            full with { Subject = "order.created2" },
            full with { CorrelationId = "c-12" },
            full with { Properties = new Dictionary<string, string> { ["a"] = "üü" } },
            full with { Properties = new Dictionary<string, string> { ["ab"] = "ü" } },
            full with { Properties = new Dictionary<string, string> { ["a"] = "ü", ["b"] = "" } },
        })
        {
            Assert.Contains("262,144", Assert.Throws<ArgumentException>(() => outbox.ToRows("op", [more])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_row_of_the_outbox_has_no_expiry_that_a_purge_could_act_on() =>
        Assert.All(_fixture.NewInstance().Outbox.ToRows("op", [OutboxFixture.Message("a")]).Cast<RowWrite.InsertRow>(), row => Assert.DoesNotContain(RowColumns.ExpiresAt, row.Values));
}
