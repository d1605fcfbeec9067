using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>Law 12 for bodies that clients of other languages send, through the broker: each has exact bytes, or is rejected with a reason; none is silently empty.</summary>
public sealed class AmqpBodyTests : IAsyncLifetime
{
    private static readonly DateTime Moment = new(2026, 11, 24, 12, 0, 0, 125, DateTimeKind.Utc);

    private Bus _bus = null!;

    public static TheoryData<string, object> Values() => new()
    {
        { "text", "text" },
        { "", "" },
        { "bytes", "bytes"u8.ToArray() },
        { "true", true },
        { "a", 'a' },
        { "-1", (sbyte)-1 },
        { "1", (byte)1 },
        { "-2", (short)-2 },
        { "2", (ushort)2 },
        { "-3", -3 },
        { "3", 3u },
        { "-4", -4L },
        { "18446744073709551615", ulong.MaxValue },
        { "1.5", 1.5f },
        { "0.1", 0.1 },
        { "1.50", 1.50m },
        { "2026-11-24T12:00:00.1250000Z", Moment },
        { "6f9619ff-8b86-d011-b42d-00cf4fc964ff", new Guid("6f9619ff-8b86-d011-b42d-00cf4fc964ff") },
    };

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_its_bytes_or_its_exact_text(string expected, object value)
    {
        var message = await SendAndReceiveAsync(AmqpMessageBody.FromValue(value));

        Assert.Null(message.BodyFault);
        Assert.Equal(expected, Encoding.UTF8.GetString(message.Body.Span));
    }

    [Fact]
    public async Task Several_sections_of_data_are_one_body()
    {
        var message = await SendAndReceiveAsync(AmqpMessageBody.FromData(["one "u8.ToArray(), "two"u8.ToArray()]));

        Assert.Null(message.BodyFault);
        Assert.Equal("one two", Encoding.UTF8.GetString(message.Body.Span));
    }

    public static TheoryData<string> WithoutExactBytes() => new("a list", "a map", "a sequence", "two sequences");

    /// <summary>Guards the checks of <c>BodyFault</c> in <c>QueueConsumer.ConsumeAsync</c>.</summary>
    [Theory]
    [MemberData(nameof(WithoutExactBytes))]
    public async Task What_has_no_exact_bytes_is_dead_lettered_and_no_consumer_sees_it(string kind)
    {
        var seen = 0;
        await using var consuming = await Consuming.StartAsync(
            _bus,
            Bus.Plain,
            (_, _) =>
            {
                seen++;
                return Task.FromResult<Settlement>(new Settlement.Complete());
            },
            configure: null);
        await using var sender = _bus.Client.CreateSender(Bus.Plain);
        await sender.SendMessageAsync(new ServiceBusMessage(new AmqpAnnotatedMessage(BodyOf(kind))) { MessageId = "m" });

        await using var receiver = _bus.Client.CreateReceiver(Bus.Plain, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = await receiver.ReceiveMessageAsync(Bus.MaxWait);

        Assert.Equal((RejectionReasons.BodyUnreadable, "m"), (letter.DeadLetterReason, letter.MessageId));
        Assert.Contains("no exact bytes", letter.DeadLetterErrorDescription, StringComparison.Ordinal);
        Assert.Equal(0, seen);

        // Nothing of it is lost where a person looks for it.
        var body = letter.GetRawAmqpMessage().Body;
        Assert.True(body.TryGetValue(out _) || body.TryGetSequence(out _));
    }

    private static AmqpMessageBody BodyOf(string kind) => kind switch
    {
        "a list" => AmqpMessageBody.FromValue(new List<object> { 1, "a" }),
        "a map" => AmqpMessageBody.FromValue(new Dictionary<string, object> { ["amount"] = 1 }),
        "a sequence" => AmqpMessageBody.FromSequence([[1, 2]]),
        "two sequences" => AmqpMessageBody.FromSequence([[1], [2]]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such body."),
    };

    private async Task<InboundMessage> SendAndReceiveAsync(AmqpMessageBody body)
    {
        await using var sender = _bus.Client.CreateSender(Bus.Sessions);
        await sender.SendMessageAsync(new ServiceBusMessage(new AmqpAnnotatedMessage(body)) { SessionId = "s" });
        return (await _bus.ReceiveAsync("s")).ToInboundMessage();
    }
}
