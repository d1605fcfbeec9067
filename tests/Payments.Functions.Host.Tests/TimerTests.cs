using System.Net;
using System.Text.Json;
using Azure.Data.Tables;

namespace Payments.Functions.Host.Tests;

/// <summary>Each timer does what it is for. The sweep is in <see cref="BrokerAwayTests"/>, the health in <see cref="StorageAwayTests"/>.</summary>
public sealed class TimerTests(RunningApp app) : IClassFixture<RunningApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task There_are_five_and_each_runs()
    {
        var timers = app.Host.Functions.Where(function => function.Is("timerTrigger")).Select(function => function.Name).ToList();

        Assert.Equal(["CheckHealth", "PurgeExpired", "ResumeOrders", "SweepOutbox", "SweepPayments"], timers.Order());
        foreach (var timer in timers)
        {
            await app.Host.RunTimerAsync(timer);
        }
    }

    [Fact]
    public async Task What_has_expired_is_purged_and_nothing_else()
    {
        using (var made = await app.PayAsync(_account, RunningApp.Payment(_account)))
        {
            Assert.True(made.IsSuccessStatusCode);
        }

        var table = new TableClient(app.Storage, "Payments");
        var record = await RecordAsync(table);
        var kept = await RecordAsync(table);
        record["RowKey"] = $"{record.RowKey}-old";
        record["IdempotencyExpiresAt"] = record["LeaseUntil"] = DateTimeOffset.UnixEpoch;
        await table.AddEntityAsync(record);

        await app.Host.RunTimerAsync("PurgeExpired");

        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>(record.PartitionKey, record.RowKey)).HasValue);
        Assert.True((await table.GetEntityIfExistsAsync<TableEntity>(kept.PartitionKey, kept.RowKey)).HasValue);
    }

    [Fact]
    public async Task An_order_whose_wake_up_is_a_dead_letter_goes_on()
    {
        using (var stocked = await app.Client.PutAsync($"/api/stock/{_account}", new StringContent("""{"quantity":5}""", System.Text.Encoding.UTF8, "application/json")))
        {
            Assert.True(stocked.IsSuccessStatusCode);
        }

        // Nobody but this test receives now, and it gives the order's first wake-up up.
        await app.Host.StopListeningAsync();
        using var placed = await RunningApp.PostAsync(app.Client, "/api/orders", _account, RunningApp.Order(_account));
        var id = JsonDocument.Parse(await placed.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        await app.DeadLetterNextAsync("orders");
        await app.Host.StartListeningAsync();

        await app.Host.RunTimerAsync("ResumeOrders");

        await app.UntilAsync(async () => (await app.Client.GetStringAsync($"/api/orders/{id}")).Contains("\"confirmed\"", StringComparison.Ordinal), "the order is confirmed");
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_payment_that_the_gateway_decides_late_is_made_without_its_caller()
    {
        using (var undecided = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_async_1")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, undecided.StatusCode);
        }

        await SweepAsync("undecided", note => note.GetString("Key") == _account);

        using var retry = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_async_1"));
        Assert.Equal((HttpStatusCode.Created, true), (retry.StatusCode, retry.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task A_refund_that_was_pending_is_booked_by_the_sweep()
    {
        using var paid = await app.PayAsync(_account, RunningApp.Payment(_account, "pm_refund_async_1"));
        var id = JsonDocument.Parse(await paid.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
        using (var taken = await RunningApp.PostAsync(app.Client, $"/api/payments/{id}/refund", $"{_account}-refund", ""))
        {
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }

        await SweepAsync("refunding", note => note.GetString("PaymentId") == id);

        Assert.Contains("\"refunded\"", await app.Client.GetStringAsync($"/api/payments/{id}"), StringComparison.Ordinal);
    }

    // Its first look is not due for a minute.
    private async Task SweepAsync(string partitions, Func<TableEntity, bool> isIt)
    {
        var table = new TableClient(app.Storage, "Payments");
        var note = await table.QueryAsync<TableEntity>($"PartitionKey ge '{partitions}~' and PartitionKey lt '{partitions}~~'").SingleAsync(isIt);
        note["LookAt"] = DateTimeOffset.UnixEpoch;
        await table.UpdateEntityAsync(note, note.ETag);

        await app.Host.RunTimerAsync("SweepPayments");

        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>(note.PartitionKey, note.RowKey)).HasValue);
    }

    private static async Task<TableEntity> RecordAsync(TableClient table)
    {
        await foreach (var row in table.QueryAsync<TableEntity>())
        {
            if (row.RowKey.StartsWith("idem|", StringComparison.Ordinal))
            {
                return row;
            }
        }

        throw new InvalidOperationException("The payment has no record.");
    }
}
