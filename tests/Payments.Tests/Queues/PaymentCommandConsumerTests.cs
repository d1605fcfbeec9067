using System.Text;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Inbox;

namespace Payments.Tests.Queues;

public sealed class PaymentCommandConsumerTests : IAsyncLifetime
{
    private const string Order = """{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_command_delivered_three_times_makes_one_payment()
    {
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            Assert.IsType<Settlement.Complete>(await ConsumeAsync(Command(), delivery));
        }

        Assert.Single(await ChargesAsync());
        Assert.Equal("payment.captured", Assert.Single(await _host.SentAsync()).Subject);
    }

    // Guards the shared scope, placement and fingerprint of the two channels.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_by_HTTP_and_by_queue_is_one_payment(bool queueFirst)
    {
        if (queueFirst)
        {
            Assert.IsType<Settlement.Complete>(await ConsumeAsync(Command()));
        }

        using var posted = await _host.PostAsync("/api/payments", Order, key: "cmd-1");
        Assert.Equal(201, (int)posted.StatusCode);
        Assert.Equal(queueFirst, posted.Headers.Contains("Idempotency-Replayed"));
        Assert.IsType<Settlement.Complete>(await ConsumeAsync(Command()));

        Assert.Single(await ChargesAsync());
        Assert.Single(await _host.SentAsync());
    }

    // 3 days in the queue, 7 as a dead letter, and 3 in the queue again.
    [Theory]
    [InlineData(true, "1.01:00:00")]
    [InlineData(true, "13.00:00:00")]
    [InlineData(false, "1.01:00:00")]
    [InlineData(false, "13.00:00:00")]
    public async Task Neither_channel_forgets_what_the_other_may_still_ask_for(bool queueFirst, string later)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await ApiHost.StartAsync(clock, ("Inbox:Retention", "14.00:00:00"), ("Inbox:Rules:MessageTimeToLive", "3.00:00:00"));
        foreach (var byQueue in new[] { queueFirst, !queueFirst })
        {
            if (byQueue)
            {
                Assert.IsType<Settlement.Complete>(await host.Commands.ConsumeAsync(Message(Command()), CancellationToken.None));
            }
            else
            {
                using var posted = await host.PostAsync("/api/payments", Order, key: "cmd-1");
                Assert.Equal((201, queueFirst), ((int)posted.StatusCode, posted.Headers.Contains("Idempotency-Replayed")));
            }

            clock.Advance(TimeSpan.Parse(later));
        }

        Assert.Single(await host.SentAsync());
    }

    [Fact]
    public async Task A_declined_payment_is_done_with()
    {
        Assert.IsType<Settlement.Complete>(await ConsumeAsync(Command(data: Order.Replace("pm_ok", "pm_declined", StringComparison.Ordinal))));

        Assert.Equal("payment.declined", Assert.Single(await _host.SentAsync()).Subject);
    }

    [Fact]
    public async Task A_gateway_without_a_clear_answer_brings_the_command_again_and_it_is_charged_once()
    {
        var command = Command(data: Order.Replace("pm_ok", "pm_lost_reply", StringComparison.Ordinal));
        var first = await ConsumeAsync(command);
        var second = await ConsumeAsync(command, deliveryCount: 2);

        Assert.Equal((typeof(Settlement.Abandon), typeof(Settlement.Complete)), (first.GetType(), second.GetType()));
        Assert.Single(await ChargesAsync());
    }

    [Fact]
    public async Task A_command_in_plain_JSON_without_a_content_type_is_taken()
    {
        Assert.IsType<Settlement.Complete>(await ConsumeAsync(Command(), contentType: null));

        Assert.Single(await ChargesAsync());
    }

    [Fact]
    public async Task An_id_used_for_another_command_is_dead_lettered_and_charges_nothing()
    {
        await ConsumeAsync(Command());

        var deadLetter = Assert.IsType<Settlement.DeadLetter>(await ConsumeAsync(Command(data: Order.Replace("1250", "99", StringComparison.Ordinal))));

        Assert.Equal("EventIdReused", deadLetter.Reason);
        Assert.Single(await ChargesAsync());
    }

    [Theory]
    [InlineData("{\"specversion\":", "CloudEventMalformed", "not a CloudEvent in JSON")]
    [InlineData("[]", "CloudEventMalformed", "Send it again")]
    [InlineData("""{"specversion":"1.0","source":"/s","type":"payment.create","data":{}}""", "CloudEventMalformed", "'id' is missing")]
    [InlineData("""{"specversion":"1.0","id":"c d","source":"/s","type":"payment.create","data":{}}""", "EventIdInvalid", "visible ASCII")]
    [InlineData("""{"specversion":"1.0","id":"c","source":"/s","type":"payment.teleport","data":{}}""", "UnknownType", "payment.teleport")]
    [InlineData("""{"specversion":"1.0","id":"c","source":"/s","type":"payment.create"}""", "PaymentInvalid", "Nothing was charged")]
    [InlineData("""{"specversion":"1.0","id":"c","source":"/s","type":"payment.create","data":{"accountId":"a","amount":0,"currency":"EUR","paymentMethod":"pm_ok"}}""", "PaymentInvalid", "amount: Must be")]
    [InlineData("""{"specversion":"1.0","id":"c","source":"/s","type":"payment.create","data":{"accountId":"a","amount":1,"currency":"EUR","paymentMethod":"pm_ok","captur":true}}""", "PaymentInvalid", "captur: There is no such member")]
    public async Task Poison_is_dead_lettered_with_what_to_do(string body, string reason, string description)
    {
        var deadLetter = Assert.IsType<Settlement.DeadLetter>(await ConsumeAsync(body));

        Assert.Equal(reason, deadLetter.Reason);
        Assert.Contains(description, deadLetter.Description, StringComparison.Ordinal);
        Assert.Empty(await ChargesAsync("a"));
    }

    [Fact]
    public async Task A_message_that_is_no_CloudEvent_says_so()
    {
        Assert.Equal("NotACloudEvent", Assert.IsType<Settlement.DeadLetter>(await ConsumeAsync("hello", contentType: "text/plain")).Reason);
    }

    private static string Command(string id = "cmd-1", string data = Order) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"payment.create","data":{{data}}}""";

    private async Task<List<System.Text.Json.JsonElement>> ChargesAsync(string account = "acct-1") =>
        [.. (await _host.GetAsync($"/api/simulator/charges?accountId={account}")).EnumerateArray()];

    private Task<Settlement> ConsumeAsync(string body, int deliveryCount = 1, string? contentType = "application/cloudevents+json") => _host.Commands.ConsumeAsync(
        Message(body, deliveryCount, contentType), CancellationToken.None);

    private static InboundMessage Message(string body, int deliveryCount = 1, string? contentType = "application/cloudevents+json") =>
        new(Encoding.UTF8.GetBytes(body)) { MessageId = Guid.NewGuid().ToString(), ContentType = contentType, DeliveryCount = deliveryCount };
}
