using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Payments.DeadLetters;
using Payments.Queues;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Tests.DeadLetters;

/// <summary>Whoever discards the wake-up of an order does not end the order by it.</summary>
public sealed class DiscardedWakeUpTests : IAsyncLifetime
{
    private const string Order = """{"userId":"u-1","orderReference":"r-1","items":[{"sku":"thing","quantity":2,"unitPrice":250}],"currency":"EUR","accountId":"acct-1","paymentMethod":"pm_ok"}""";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync(_clock);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    // Guards the sweep of sagas: nobody else knows that this order waits for something.
    [Fact]
    public async Task An_order_whose_wake_up_was_discarded_gets_the_next_one_and_comes_to_its_end()
    {
        using var content = new StringContent("""{"quantity":5}""", Encoding.UTF8, "application/json");
        using (var stocked = await _host.Client.PutAsync("/api/stock/thing", content))
        {
            Assert.Equal(HttpStatusCode.OK, stocked.StatusCode);
        }

        using var placed = await _host.PostAsync("/api/orders", Order);
        var wakeUp = Assert.Single(await _host.SentAsync(), message => message.Queue == PaymentsQueues.Orders);
        var letters = new DiscardedLetters(_host.Services.GetRequiredService<RowWriter>(), _clock);
        var discarded = await letters.DiscardAsync(new OneDeadLetter(wakeUp), PaymentsQueues.Orders, 7, "Looked strange.", "ada", default);
        Assert.Equal((wakeUp.MessageId, "Looked strange.", "ada"), (discarded?.MessageId, discarded?.Note, discarded?.By));

        await DeliverAsync(after: 1);
        Assert.Equal("pending", (await _host.GetAsync(placed.Headers.Location!.ToString())).GetProperty("status").GetString());

        _clock.Advance(new SagaOptions().WakeAgainAfter + TimeSpan.FromMinutes(1));
        await _host.Services.GetRequiredService<SagaSweeper>().SweepAsync(default);
        await DeliverAsync(after: 1);

        Assert.Equal("confirmed", (await _host.GetAsync(placed.Headers.Location!.ToString())).GetProperty("status").GetString());
    }

    /// <summary>Delivers what is sent to the orders' queue, the first ones left out, until nothing is left.</summary>
    private async Task DeliverAsync(int after)
    {
        for (var next = after; (await _host.SentAsync()) is { } sent && next < sent.Count; next++)
        {
            Assert.True(next < 100, "The order does not come to rest.");
            if (sent[next].Queue == PaymentsQueues.Orders)
            {
                await _host.Orders.ReceiveAsync(sent[next].Subject, sent[next].Body, default);
            }
        }
    }

    private sealed class OneDeadLetter(OutboundMessage message) : IDeadLetters
    {
        private bool _isGone;

        private DeadLetter Letter => new(7, message.MessageId, message.SessionId, message.Subject, DateTimeOffset.UnixEpoch, 10, "DeliveriesExhausted", "", Encoding.UTF8.GetString(message.Body.Span));

        public Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeadLetter>>(_isGone ? [] : [Letter]);

        public Task<bool> ResubmitAsync(string queue, long sequenceNumber, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task<bool> DiscardAsync(string queue, long sequenceNumber, Func<DeadLetter, CancellationToken, Task> keep, CancellationToken cancellationToken)
        {
            await keep(Letter, cancellationToken);
            return _isGone = true;
        }
    }
}
