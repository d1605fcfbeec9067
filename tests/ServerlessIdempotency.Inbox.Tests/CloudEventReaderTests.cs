using System.Text;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>CloudEvents 1.0: the JSON event format, and the AMQP binding's binary mode.</summary>
public sealed class CloudEventReaderTests
{
    [Fact]
    public void A_structured_event_is_read_whole()
    {
        var read = Event("""{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"sub","time":"2026-11-24T12:00:00+02:00","datacontenttype":"application/json","data":{ "a": 1.50 }}""");
        Assert.Equal(("1", "/s", "t", "sub", "application/json"), (read.Id, read.Source, read.Type, read.Subject, read.DataContentType));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero), read.Time);
        Assert.Equal("""{ "a": 1.50 }""", Encoding.UTF8.GetString(read.Data.Span));
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t"}""", "")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":null}""", "")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":"x"}""", "\"x\"")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/vnd.x+json","data":"x"}""", "\"x\"")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"text/plain","data":"x"}""", "x")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"aGk="}""", "hi")]
    public void Data_is_taken_as_the_json_format_says(string body, string data) =>
        Assert.Equal(data, Encoding.UTF8.GetString(Event(body).Data.Span));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"id":"1","source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":1,"source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"/s","type":"t"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"noon"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data_base64":"aGk="}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"%"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":5}""")]
    [InlineData("""{"specversion":"1.0","id":"\ud800","source":"/s","type":"t"}""")]
    public void What_only_claims_to_be_an_event_is_malformed_with_a_sentence(string body) =>
        Assert.NotEmpty(Assert.IsType<CloudEventReading.Malformed>(CloudEventReader.Read(Structured(body))).Fault);

    [Fact]
    public void A_batch_is_refused_by_name() =>
        Assert.Contains("cloudevents-batch", Assert.IsType<CloudEventReading.Malformed>(CloudEventReader.Read(Structured("[]") with { ContentType = "application/cloudevents-batch+json" })).Fault, StringComparison.Ordinal);

    /// <summary>Law 12: each had the id "System.Byte[]".</summary>
    [Fact]
    public void Binary_ids_are_told_apart()
    {
        var first = Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(WithId(new byte[] { 1 }))).Event;
        var second = Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(WithId(new byte[] { 2 }))).Event;

        Assert.Equal(("AQ==", "Ag=="), (first.Id, second.Id));
        Assert.Contains("cloudEvents:id", Assert.IsType<CloudEventReading.Malformed>(CloudEventReader.Read(WithId(new object()))).Fault, StringComparison.Ordinal);

        static InboundMessage WithId(object id) => new(default(ReadOnlyMemory<byte>))
        {
            Properties = new Dictionary<string, object?> { ["cloudEvents:specversion"] = "1.0", ["cloudEvents:id"] = id, ["cloudEvents:source"] = "/s", ["cloudEvents:type"] = "t" },
        };
    }

    [Fact]
    public void A_source_as_URI_is_the_source_as_it_was_written()
    {
        var message = new InboundMessage(default(ReadOnlyMemory<byte>))
        {
            Properties = new Dictionary<string, object?>
            {
                ["cloudEvents:specversion"] = "1.0",
                ["cloudEvents:id"] = "1",
                ["cloudEvents:source"] = new Uri("https://example.org/a%20b"),
                ["cloudEvents:type"] = "t",
                ["cloudEvents:time"] = new DateTimeOffset(2026, 11, 24, 12, 0, 0, 1, TimeSpan.FromHours(1)).AddTicks(1),
            },
        };
        var read = Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(message)).Event;
        Assert.Equal("https://example.org/a%20b", read.Source);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 11, 0, 0, 1, TimeSpan.Zero).AddTicks(1), read.Time);
    }

    [Fact]
    public void A_byte_order_mark_and_a_leap_second_are_no_faults()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. """{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2016-12-31T23:59:60Z"}"""u8];

        var read = Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(new InboundMessage(body) { ContentType = "application/cloudevents+json" })).Event;

        Assert.Equal(new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), read.Time);
    }

    [Theory]
    [InlineData("cloudEvents:")]
    [InlineData("cloudEvents_")]
    public void Attributes_as_properties_are_read_with_the_body_as_data(string prefix)
    {
        var message = new InboundMessage("body"u8.ToArray())
        {
            ContentType = "text/plain",
            Properties = new Dictionary<string, object?>
            {
                [prefix + "specversion"] = "1.0",
                [prefix + "id"] = "1",
                [prefix + "source"] = new Uri("https://example.org/s"),
                [prefix + "type"] = "t",
                [prefix + "time"] = new DateTime(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc),
            },
        };
        var read = Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(message)).Event;
        Assert.Equal(("1", "https://example.org/s", "t", "text/plain", "body"), (read.Id, read.Source, read.Type, read.DataContentType, Encoding.UTF8.GetString(read.Data.Span)));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), read.Time);
        Assert.IsType<CloudEventReading.Malformed>(CloudEventReader.Read(message with { Properties = new Dictionary<string, object?> { [prefix + "id"] = "1" } }));
    }

    [Fact]
    public void Any_other_message_is_no_event() =>
        Assert.IsType<CloudEventReading.NotACloudEvent>(CloudEventReader.Read(Structured("{}") with { ContentType = "application/json", Properties = new Dictionary<string, object?> { ["id"] = "1" } }));

    private static InboundMessage Structured(string body) => new(Encoding.UTF8.GetBytes(body)) { ContentType = "application/cloudevents+json" };

    private static CloudEvent Event(string body) => Assert.IsType<CloudEventReading.Read>(CloudEventReader.Read(Structured(body))).Event;
}
