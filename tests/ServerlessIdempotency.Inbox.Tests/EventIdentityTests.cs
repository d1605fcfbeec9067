using System.Text;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Inbox.Tests;

public sealed class EventIdentityTests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_event_id_is_the_same_for_the_same_parts_and_no_other()
    {
        var id = EventId.From("order-1", "created", Moment);
        Assert.Equal(id, EventId.From("order-1", "created", Moment.ToOffset(TimeSpan.FromHours(2))));
        Assert.Equal("HqYJ0a5GnvSykGgLbEQqJOdvJe8iS0qUw8NrMVRbz-A".Length, id.Value.Length);
        Assert.Equal(6, new[]
        {
            id,
            EventId.From("order-1", "created", Moment.AddTicks(1)),
            EventId.From("order-1c", "reated", Moment),
            EventId.From("order-2", "created", Moment),
            EventId.FromCloudEvent("order-1", "created"),
            EventId.FromText("order-1"),
        }.Distinct().Count());
        Assert.Throws<InvalidOperationException>(() => default(EventId).Value);
    }

    [Fact]
    public void The_consumers_id_goes_before_the_cloud_events_the_property_and_the_MessageId()
    {
        var message = new InboundMessage(Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"c","source":"/s","type":"t"}"""))
        {
            ContentType = "application/cloudevents+json; charset=utf-8",
            MessageId = "m",
            Properties = new Dictionary<string, object?> { ["event-id"] = "x" },
        };
        var said = EventId.FromText("said");
        Assert.Equal(said, IdOf(new InboxDelivery("c", message) { EventId = said }));
        Assert.Equal(EventId.FromCloudEvent("/s", "c"), IdOf(new InboxDelivery("c", message)));
        Assert.Equal(EventId.FromText("x"), IdOf(new InboxDelivery("c", message with { ContentType = "application/json" })));
        Assert.Equal(EventId.FromText("m"), IdOf(new InboxDelivery("c", message with { ContentType = null, Properties = new Dictionary<string, object?>() })));
    }

    /// <summary>Law 12: values that differ have texts that differ, and one without an exact text names no event.</summary>
    [Fact]
    public void An_explicit_id_of_any_type_is_known_by_its_exact_text()
    {
        object[] values =
        [
            "a", true, 'c', (sbyte)-1, (byte)1, (short)-2, (ushort)2, -3, 3u, -4L, ulong.MaxValue, 1.5f, 0.1, 1.50m, Guid.Empty, TimeSpan.FromTicks(1),
            new byte[] { 1 }, new byte[] { 2 }, new Uri("https://example.org/a%20b"), new Uri("https://example.org/a%2520b"),
            Moment, Moment.AddTicks(1), Moment.UtcDateTime.AddTicks(2), DateTime.SpecifyKind(Moment.DateTime.AddTicks(3), DateTimeKind.Unspecified),
        ];
        Assert.Equal(values.Length, values.Select(value => IdOf(new InboxDelivery("c", With(value)))).Distinct().Count());
        Assert.Equal(IdOf(new InboxDelivery("c", With(Moment))), IdOf(new InboxDelivery("c", With(Moment.ToOffset(TimeSpan.FromHours(5))))));

        var unknown = Assert.IsType<EventIdentity.Unknown>(EventIdentity.Of(new InboxDelivery("c", With(new List<object> { 1 })), "event-id"));
        Assert.Equal(RejectionReasons.EventIdMissing, unknown.Rejection.Reason);
        Assert.Contains("'event-id'", unknown.Rejection.Description, StringComparison.Ordinal);

        static InboundMessage With(object value) => new(default(ReadOnlyMemory<byte>)) { MessageId = "m", Properties = new Dictionary<string, object?> { ["event-id"] = value } };
    }

    [Fact]
    public async Task A_message_without_a_valid_event_is_rejected_without_a_round_trip()
    {
        var fixture = new InboxFixture();
        var app = fixture.Outside.NewInstance();
        using var inbox = fixture.NewInbox(app);
        var nameless = new InboxDelivery("c", new InboundMessage("x"u8.ToArray()));
        var broken = new InboxDelivery("c", new InboundMessage("{"u8.ToArray()) { ContentType = "application/cloudevents+json", MessageId = "m" });
        var bodiless = new InboxDelivery("c", new InboundMessage(default(ReadOnlyMemory<byte>)) { BodyFault = "The body is a list.", MessageId = "m" });
        foreach (var (delivery, reason) in new[] { (nameless, RejectionReasons.EventIdMissing), (broken, RejectionReasons.CloudEventMalformed), (bodiless, RejectionReasons.BodyUnreadable) })
        {
            Assert.Equal(reason, Assert.IsType<InboxOutcome.Rejected>(await inbox.ApplyAsync(delivery, InboxFixture.Account, fixture.EnterAsync, default)).Reason);
            Assert.Equal(reason, Assert.IsType<InboxOutcome.Rejected>(await inbox.ExecuteAsync<OperationResult>(delivery, (_, _) => throw new InvalidOperationException(), null, default)).Reason);
        }

        Assert.Equal((0, 0), (app.Gate.Calls, fixture.Runs));
    }

    private static EventId IdOf(InboxDelivery delivery) => Assert.IsType<EventIdentity.Known>(EventIdentity.Of(delivery, "event-id")).EventId;
}
