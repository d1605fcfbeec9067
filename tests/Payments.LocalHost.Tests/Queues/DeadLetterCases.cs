using System.Net;
using System.Text;
using System.Text.Json;
using LocalServiceBus;
using LocalServiceBus.Configuration;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>What can't be processed is kept, tells what to do, and comes back at most once.</summary>
public abstract class DeadLetterCases(RunningHost host)
{
    private readonly string _account = RunningHost.NewAccount();

    public static TheoryData<string, string, string, string> Unprocessable => new()
    {
        // queue, body ({account} is the session's), reason, what the description says to do
        { "payments", """{"specversion":"1.0","id":"x","source":"/tests",""", "CloudEventMalformed", "Send it again as a CloudEvent" },
        { "payments", """{"specversion":"1.0","source":"/tests","type":"payment.create","data":{}}""", "CloudEventMalformed", "with specversion, id, source" },
        { "payments", Events.CreatePayment("u-1", "{account}", type: "payment.destroy"), "UnknownType", "Send it again with a type that is known" },
        { "payments", Events.CreatePayment("b-1", "no account"), "PaymentInvalid", "Correct the command and send it again" },
        { "payment-events", "no JSON", "CloudEventMalformed", "Send it again as a CloudEvent" },
        { "payment-events", Events.PaymentChanged("u-2", "{account}", 1, type: "payment.vanished"), "UnknownType", "resubmit it" },
        { "payment-events", Events.PaymentChanged("d-1", "{account}", -1), "DataInvalid", "Send it again with them" },
    };

    [Theory]
    [MemberData(nameof(Unprocessable))]
    public async Task Unprocessable_message_is_listed_with_a_reason_and_what_to_do(string queue, string body, string reason, string advice)
    {
        var sent = body.Replace("{account}", _account, StringComparison.Ordinal);
        await host.Queues.SendAsync(queue, _account, sent);

        var letter = await host.Client.DeadLetterAsync(queue, _account);
        Assert.Equal(reason, letter.Text("reason"));
        Assert.Contains(advice, letter.Text("description"), StringComparison.Ordinal);
        Assert.Equal(sent, letter.Text("body"));
        Assert.Empty(await host.Client.ChargesAsync(_account));
    }

    [Fact]
    public async Task Rejected_message_does_not_hold_up_the_next_one_of_its_session()
    {
        await host.Queues.SendAsync("payments", _account, "no JSON");
        await host.Queues.SendAsync("payments", _account, Events.CreatePayment($"cmd-{_account}", _account));
        await host.Client.StatementAsync(_account, entries: 1);
        await host.Client.DeadLetterAsync("payments", _account);
    }

    [Fact]
    public async Task Corrected_command_is_taken_under_a_MessageId_of_its_own()
    {
        await host.Queues.SendAsync("payments", _account, Events.CreatePayment($"bad-{_account}", "no account"), messageId: $"m-{_account}");
        var letter = await host.Client.DeadLetterAsync("payments", _account);
        Assert.Contains("a MessageId of its own", letter.Text("description"), StringComparison.Ordinal);

        // Under the same one the broker drops it; its session is in order, so it would have been first.
        await host.Queues.SendAsync("payments", _account, Events.CreatePayment($"same-{_account}", _account), messageId: $"m-{_account}");
        await host.Queues.SendAsync("payments", _account, Events.CreatePayment($"own-{_account}", _account), messageId: $"n-{_account}");
        await host.Client.StatementAsync(_account, entries: 1);
        Assert.Single(await host.Client.ChargesAsync(_account));
    }

    [Fact]
    public async Task Resubmitted_as_it_is_it_comes_back_with_the_same_reason()
    {
        await host.Queues.SendAsync("payments", _account, Events.CreatePayment("b-2", "no account"));
        var letter = await host.Client.DeadLetterAsync("payments", _account);
        var number = letter.GetProperty("sequenceNumber").GetInt64();
        Assert.Equal(HttpStatusCode.OK, await ResubmitAsync(host.Client, number));
        var again = await host.Client.DeadLetterAsync("payments", _account, after: number);
        Assert.Equal("PaymentInvalid", again.Text("reason"));
        Assert.Equal(HttpStatusCode.NotFound, await ResubmitAsync(host.Client, number));
    }

    [Fact]
    public async Task Resubmitted_command_is_applied_once_however_often_it_comes()
    {
        await using var broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync() });
        await using var queues = await QueueClient.ConnectAsync(broker.ConnectionString);
        var command = Events.CreatePayment($"cmd-{_account}", _account);
        await queues.SendAsync("payments", _account, command, messageId: "sender's");
        await queues.DeadLetterNextAsync("payments", "Outage", "The gateway was away. Resubmit it.");

        await using var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        await using var process = await HostProcess.ServeAsync(host.Program, azurite.ConnectionString, $"--ServiceBusConnection={broker.ConnectionString}");
        using var client = await process.ClientAsync();
        var letter = await client.DeadLetterAsync("payments", _account);
        Assert.Equal(("Outage", "The gateway was away. Resubmit it."), (letter.Text("reason"), letter.Text("description")));
        var number = letter.GetProperty("sequenceNumber").GetInt64();
        Assert.Equal(HttpStatusCode.OK, await ResubmitAsync(client, number));
        Assert.Equal(HttpStatusCode.NotFound, await ResubmitAsync(client, number));
        await client.StatementAsync(_account, entries: 1);

        // Its sender did not know, and sends it again under another message id.
        await queues.SendAsync("payments", _account, command);
        await queues.SendAsync("payments", _account, Events.CreatePayment($"last-{_account}", _account));
        await client.StatementAsync(_account, entries: 2);
        Assert.Equal(2, (await client.ChargesAsync(_account)).Count);
        Assert.Empty(await client.ListAsync("/api/dead-letters/payments"));
    }

    [Fact]
    public async Task Discarded_letter_is_gone_and_kept_with_who_and_why_once()
    {
        await host.Queues.SendAsync("payments", _account, "no JSON");
        var letter = await host.Client.DeadLetterAsync("payments", _account);
        var number = letter.GetProperty("sequenceNumber").GetInt64();

        Assert.Equal(HttpStatusCode.BadRequest, (await DiscardAsync(number, "{}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await DiscardAsync(number, """{"note":" ","why":"x"}""")).Status);
        await host.Client.DeadLetterAsync("payments", _account);

        var (status, discarded) = await DiscardAsync(number, """{"note":"Sent by a test."}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("payments", "no JSON", "CloudEventMalformed", "Sent by a test."), (discarded.Text("queue"), discarded.Text("body"), discarded.Text("reason"), discarded.Text("note")));
        Assert.NotEmpty(discarded.Text("by"));
        Assert.DoesNotContain(await host.Client.ListAsync("/api/dead-letters/payments"), left => left.Text("sessionId") == _account);

        // Again: the same, with the first note.
        var again = await DiscardAsync(number, """{"note":"Another one."}""");
        Assert.Equal((HttpStatusCode.OK, discarded.GetRawText()), (again.Status, again.Body.GetRawText()));
        var listed = Assert.Single(await host.Client.ListAsync("/api/discarded-letters/payments"), kept => kept.Text("sessionId") == _account);
        Assert.Equal(discarded.GetRawText(), listed.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, await ResubmitAsync(host.Client, number));
        Assert.Equal(HttpStatusCode.NotFound, (await DiscardAsync(987_654, """{"note":"Nothing."}""")).Status);
    }

    [Fact]
    public async Task Unknown_queue_and_unknown_letter_are_not_found()
    {
        using var queue = await host.Client.GetAsync("/api/dead-letters/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, queue.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await ResubmitAsync(host.Client, 987_654));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> DiscardAsync(long number, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync($"/api/dead-letters/payments/{number}/discard", content);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private static async Task<HttpStatusCode> ResubmitAsync(HttpClient client, long number)
    {
        using var answer = await client.PostAsync($"/api/dead-letters/payments/{number}/resubmit", content: null);
        return answer.StatusCode;
    }
}
