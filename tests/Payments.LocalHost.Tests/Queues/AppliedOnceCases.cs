using System.Net;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>Whatever comes more than once, by whichever way, is applied once: over HTTP, AMQP and storage, between processes.</summary>
public abstract class AppliedOnceCases(RunningHost host)
{
    private readonly string _account = RunningHost.NewAccount();

    [Fact]
    public async Task Payment_over_http_becomes_a_line_of_the_statement_and_a_receipt()
    {
        using var created = await host.Client.PostAsync("/api/payments", _account, Api.Order(_account, "pm_ok"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var statement = await host.Client.StatementAsync(_account, entries: 1);
        Assert.Equal(1250, statement.GetProperty("balance").GetInt64());
        Assert.Equal("payment.captured", statement.GetProperty("entries")[0].Text("type"));
        var receipt = Assert.Single(await host.Client.MailAsync(_account, receipts: 1));
        Assert.Contains("12.50 EUR", receipt.Text("subject"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_sent_three_times_is_one_payment()
    {
        var command = Events.CreatePayment($"cmd-{_account}", _account);
        await host.Queues.SendAsync("payments", _account, command);
        await host.Queues.SendAsync("payments", _account, command);
        await host.Queues.SendAsync("payments", _account, command);
        await DrainAsync("payments", marker => Events.CreatePayment(marker, _account));

        Assert.Equal(2, (await host.Client.ChargesAsync(_account)).Count);
        Assert.Equal(2, (await host.Client.StatementAsync(_account, entries: 2)).GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Command_by_http_and_by_queue_is_one_payment(bool httpFirst)
    {
        var key = $"cmd-{_account}";
        if (!httpFirst)
        {
            await host.Queues.SendAsync("payments", _account, Events.CreatePayment(key, _account));
            await host.Client.StatementAsync(_account, entries: 1);
        }

        using var posted = await host.Client.PostAsync("/api/payments", key, Api.Order(_account, "pm_ok"));
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.Equal(!httpFirst, posted.Headers.Contains("Idempotency-Replayed"));
        if (httpFirst)
        {
            await host.Queues.SendAsync("payments", _account, Events.CreatePayment(key, _account));
        }

        await DrainAsync("payments", marker => Events.CreatePayment(marker, _account));
        Assert.Equal(2, (await host.Client.ChargesAsync(_account)).Count);
        Assert.Equal(2, (await host.Client.StatementAsync(_account, entries: 2)).GetProperty("entries").GetArrayLength());
        Assert.Equal(2, (await host.Client.MailAsync(_account, receipts: 2)).Count);
    }

    [Fact]
    public async Task Three_duplicates_of_an_event_leave_one_entry_and_one_receipt()
    {
        var captured = Events.PaymentChanged($"evt-{_account}", _account, 700);
        await host.Queues.SendAsync("payment-events", _account, captured);
        await host.Queues.SendAsync("payment-events", _account, captured);
        await host.Queues.SendAsync("payment-events", _account, captured);
        await DrainAsync("payment-events", marker => Events.PaymentChanged(marker, _account, 1, second: 1));

        var statement = await host.Client.StatementAsync(_account, entries: 2);
        Assert.Equal([700, 1], statement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("amount").GetInt64()));
        Assert.Equal(701, statement.GetProperty("balance").GetInt64());
        var mails = await host.Client.MailAsync(_account, receipts: 2);
        Assert.Equal(2, mails.Count);
        Assert.All(mails, mail => Assert.Equal(1, mail.GetProperty("arrivals").GetInt64()));
    }

    [Fact]
    public async Task Broker_drops_a_message_with_the_same_id_at_the_door()
    {
        var captured = Events.PaymentChanged($"evt-{_account}", _account, 700);
        await host.Queues.SendAsync("payment-events", _account, captured, messageId: _account);
        await host.Queues.SendAsync("payment-events", _account, captured, messageId: _account);
        await DrainAsync("payment-events", marker => Events.PaymentChanged(marker, _account, 1, second: 1));
        Assert.Equal(701, (await host.Client.StatementAsync(_account, entries: 2)).GetProperty("balance").GetInt64());
    }

    /// <summary>A session is processed in its order, so when a last message has had its effect, all before it are done with.</summary>
    private async Task DrainAsync(string queue, Func<string, string> message)
    {
        var marker = $"last-{Guid.NewGuid():N}";
        await host.Queues.SendAsync(queue, _account, message(marker));
        await host.Client.MailAsync(_account, receipts: 2);
    }
}
