using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Payments.Unsent;
using ServerlessIdempotency.Rows;

namespace Payments.Tests.Queues;

/// <summary>A message that the broker will never take must not vanish: whoever runs the app sees it, with the broker's words.</summary>
public sealed class UnsentMessagesTests : IAsyncLifetime
{
    private const string Order = """{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}""";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(_clock);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Refused_message_is_shown_with_its_error_and_sent_when_it_is_tried_again()
    {
        _host.Broker.Refusal = "There is no queue 'payment-events'.";
        using var created = await _host.PostAsync("/api/payments", Order);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Empty(await _host.SentAsync());

        var unsent = Assert.Single((await _host.GetAsync("/api/unsent-messages")).EnumerateArray());
        Assert.Equal("There is no queue 'payment-events'.", unsent.GetProperty("error").GetString());
        Assert.Equal(("payment-events", "payment.captured", "local~acct-1"), (unsent.GetProperty("queue").GetString(), unsent.GetProperty("subject").GetString(), unsent.GetProperty("sessionId").GetString()));
        Assert.Equal("parked", unsent.GetProperty("state").GetString());
        Assert.Contains("\"amount\":1250", unsent.GetProperty("body").GetString(), StringComparison.Ordinal);

        _host.Broker.Refusal = null;
        var path = $"/api/unsent-messages/{unsent.GetProperty("id").GetString()}/retry";
        Assert.Equal(HttpStatusCode.OK, await RetryAsync(path));
        Assert.Equal(HttpStatusCode.NotFound, await RetryAsync(path));
        Assert.Empty((await _host.GetAsync("/api/unsent-messages")).EnumerateArray());

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _host.SweepAsync();
        Assert.Equal(unsent.GetProperty("messageId").GetString(), Assert.Single(await _host.SentAsync()).MessageId);
    }

    [Fact]
    public async Task What_waits_for_the_broker_for_more_than_a_minute_is_shown_and_goes_out_by_itself()
    {
        _host.Broker.IsAway = true;
        using var created = await _host.PostAsync("/api/payments", Order);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Empty(await _host.SentAsync());
        Assert.Empty((await _host.GetAsync("/api/unsent-messages")).EnumerateArray());

        _clock.Advance(TimeSpan.FromSeconds(61));
        var unsent = Assert.Single((await _host.GetAsync("/api/unsent-messages")).EnumerateArray());
        Assert.Equal(("waiting", "payment-events", "payment.captured"), (unsent.GetProperty("state").GetString(), unsent.GetProperty("queue").GetString(), unsent.GetProperty("subject").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, await RetryAsync($"/api/unsent-messages/{unsent.GetProperty("id").GetString()}/retry"));

        _host.Broker.IsAway = false;
        await _host.SweepAsync();
        Assert.Equal(unsent.GetProperty("messageId").GetString(), Assert.Single(await _host.SentAsync()).MessageId);
        Assert.Empty((await _host.GetAsync("/api/unsent-messages")).EnumerateArray());
    }

    // Table "Secrets", and a row that is no message: neither is reached by a made-up id.
    [Theory]
    [InlineData("no-id")]
    [InlineData("U2VjcmV0cy9wL291dGJveHwx")]
    [InlineData("UGF5bWVudHMvcC9wYXltZW50fDE")]
    public async Task Made_up_id_leads_nowhere(string id) => Assert.Equal(HttpStatusCode.NotFound, await RetryAsync($"/api/unsent-messages/{id}/retry"));

    // What Table Storage takes in no key, and rows that are no outbox rows. Memory would take them all, so this asks the reader itself.
    [Theory]
    [InlineData("Payments/local~00/outbox|ab|0000", true)]
    [InlineData("Payments/local~00/a#b", false)]
    [InlineData("Payments/local~00/outbox|a#b", false)]
    [InlineData("Payments/local~00/outbox|a?b", false)]
    [InlineData("Payments/local~00/outbox|a\\b", false)]
    [InlineData("Payments/local~00/outbox|a\u0001b", false)]
    [InlineData("Payments/local\u0085/outbox|ab|0000", false)]
    [InlineData("Payments/local#00/outbox|ab|0000", false)]
    [InlineData("Payments/local~00/payment|ab", false)]
    [InlineData("Payments/local~00", false)]
    [InlineData("Secrets/local~00/outbox|ab|0000", false)]
    public void An_id_leads_to_outbox_rows_of_the_app_s_tables_only(string place, bool isId) =>
        Assert.Equal(isId, UnsentMessageId.TryParse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place)), out _));

    [Fact]
    public void A_key_beyond_the_limit_of_Table_Storage_is_no_id()
    {
        var longest = new string('a', 512 - "outbox|".Length);

        Assert.True(UnsentMessageId.TryParse(UnsentMessageId.Of(new RowAddress("Payments", new string('p', 512), "outbox|" + longest)), out _));
        Assert.False(UnsentMessageId.TryParse(UnsentMessageId.Of(new RowAddress("Payments", "p", "outbox|a" + longest)), out _));
        Assert.False(UnsentMessageId.TryParse(UnsentMessageId.Of(new RowAddress("Payments", new string('p', 513), "outbox|a")), out _));
    }

    private async Task<HttpStatusCode> RetryAsync(string path)
    {
        using var answer = await _host.PostAsync(path, json: null, key: null);
        return answer.StatusCode;
    }
}
