using System.Text;
using ServerlessIdempotency.Inbox;

namespace Payments.Tests.Queues;

public sealed class PaymentEventConsumerTests : IAsyncLifetime
{
    private const string Order = """{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}""";
    private const string Event = """{"specversion":"1.0","id":"e-1","source":"/test","type":"payment.captured","time":"2026-11-24T12:00:00Z","data":{"paymentId":"pay_1","merchant":"local","accountId":"acct-1","amount":5,"currency":"EUR"}}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Each_change_of_a_payment_sends_one_event_in_its_accounts_session()
    {
        var reserved = await ApiHost.JsonAsync(await _host.PostAsync("/api/payments", Order.Replace("}", ",\"capture\":false}", StringComparison.Ordinal)));
        var id = reserved.GetProperty("id").GetString();
        await _host.PostAsync($"/api/payments/{id}/capture", json: null);
        await _host.PostAsync($"/api/payments/{id}/refund", json: null);
        await _host.PostAsync($"/api/payments/{id}/refund", json: null);
        await _host.PostAsync("/api/payments", Order.Replace("pm_ok", "pm_declined", StringComparison.Ordinal), key: "k-2");

        var sent = await _host.SentAsync();

        Assert.Equal(
            ["payment.authorized", "payment.captured", "payment.refunded"],
            sent.Where(message => message.MessageId.StartsWith(id!, StringComparison.Ordinal)).Select(message => message.Subject));
        Assert.Equal("payment.declined", Assert.Single(sent, message => !message.MessageId.StartsWith(id!, StringComparison.Ordinal)).Subject);
        Assert.All(sent, message => Assert.Equal(("payment-events", "local~acct-1"), (message.Queue, message.SessionId)));
    }

    // Guards the processed event and the receipt's claim: without the inbox there are three of each.
    [Fact]
    public async Task Three_duplicates_leave_one_entry_and_one_receipt()
    {
        var created = await ApiHost.JsonAsync(await _host.PostAsync("/api/payments", Order));
        var sent = Assert.Single(await _host.SentAsync());

        for (var copy = 1; copy <= 3; copy++)
        {
            Assert.IsType<Settlement.Complete>(await _host.Events.ConsumeAsync(RecordingSender.ToInbound(sent, copy), CancellationToken.None));
        }

        var statement = await _host.GetAsync("/api/accounts/acct-1/statement");
        Assert.Equal(1250, statement.GetProperty("balance").GetDecimal());
        Assert.Equal(created.GetProperty("id").GetString(), Assert.Single(statement.GetProperty("entries").EnumerateArray()).GetProperty("paymentId").GetString());
        var receipt = Assert.Single((await _host.GetAsync("/api/simulator/mailbox")).EnumerateArray());
        Assert.Equal(1, receipt.GetProperty("arrivals").GetInt64());
        Assert.Contains("12.50 EUR", receipt.GetProperty("subject").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refund_takes_the_amount_off_again_and_sends_no_receipt()
    {
        var created = await ApiHost.JsonAsync(await _host.PostAsync("/api/payments", Order));
        await _host.PostAsync($"/api/payments/{created.GetProperty("id").GetString()}/refund", json: null);

        foreach (var message in await _host.SentAsync())
        {
            Assert.IsType<Settlement.Complete>(await _host.Events.ConsumeAsync(RecordingSender.ToInbound(message), CancellationToken.None));
        }

        var statement = await _host.GetAsync("/api/accounts/acct-1/statement");
        Assert.Equal(0, statement.GetProperty("balance").GetDecimal());
        Assert.Equal([1250, -1250], statement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("amount").GetInt64()));
        Assert.Single((await _host.GetAsync("/api/simulator/mailbox")).EnumerateArray());
    }

    [Fact]
    public async Task Another_merchants_account_of_the_same_name_has_a_statement_of_its_own()
    {
        await _host.PostAsync("/api/payments", Order, merchant: "ada");
        foreach (var message in await _host.SentAsync())
        {
            await _host.Events.ConsumeAsync(RecordingSender.ToInbound(message), CancellationToken.None);
        }

        Assert.Empty((await _host.GetAsync("/api/accounts/acct-1/statement")).GetProperty("entries").EnumerateArray());
    }

    [Theory]
    [InlineData("{", "CloudEventMalformed", "specversion, id, source, type and data")]
    [InlineData("""{"specversion":"1.0","source":"/s","type":"payment.captured"}""", "CloudEventMalformed", "'id' is missing")]
    [InlineData("""{"specversion":"1.0","id":"e","source":"/s","type":"payment.exploded"}""", "UnknownType", "payment.exploded")]
    [InlineData("""{"specversion":"1.0","id":"e","source":"/s","type":"payment.captured","time":"2026-11-24T12:00:00Z","data":{"paymentId":"p"}}""", "DataInvalid", "Send it again")]
    [InlineData("""{"specversion":"1.0","id":"e","source":"/s","type":"payment.captured","time":"2026-11-24T12:00:00Z","data":{"paymentId":"p","merchant":"a/b#?","accountId":"a","amount":5,"currency":"EUR"}}""", "DataInvalid", "Send it again")]
    public async Task Poison_is_dead_lettered_with_what_to_do(string body, string reason, string description)
    {
        var settlement = await _host.Events.ConsumeAsync(Message(body), CancellationToken.None);

        var deadLetter = Assert.IsType<Settlement.DeadLetter>(settlement);
        Assert.Equal(reason, deadLetter.Reason);
        Assert.Contains(description, deadLetter.Description, StringComparison.Ordinal);
        Assert.Empty((await _host.GetAsync("/api/simulator/mailbox")).EnumerateArray());
    }

    [Fact]
    public async Task An_event_with_an_id_that_no_row_key_may_hold_is_entered_all_the_same()
    {
        Assert.IsType<Settlement.Complete>(await _host.Events.ConsumeAsync(Message(Event.Replace("e-1", "e/1#?", StringComparison.Ordinal)), CancellationToken.None));

        Assert.Equal("e/1#?", Assert.Single((await _host.GetAsync("/api/accounts/acct-1/statement")).GetProperty("entries").EnumerateArray()).GetProperty("eventId").GetString());
    }

    private static InboundMessage Message(string body) => new(Encoding.UTF8.GetBytes(body)) { MessageId = "m-1", ContentType = "application/cloudevents+json" };
}
