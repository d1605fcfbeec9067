using System.Text.Json;
using Azure.Data.Tables;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using TableStorageFaults;
using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>
/// Laws 1, 3, 4, 5 and 9 at once: every event comes one to three times, four processes compete for them, some are killed -9 with messages in hand, and storage
/// calls fail at random. In the end it looks as if nothing of that had happened.
/// </summary>
public sealed class EventStormTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Balances_are_the_sums_of_distinct_events_and_every_payment_has_one_receipt()
    {
        var scale = StormScale.Chosen;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"Seed {seed}.");
        PlannedAccount[] accounts = [.. Enumerable.Range(0, scale.Accounts).Select(number => PlannedAccount.Choose(number, scale.EventsEach, random))];

        await using var proxy = await FaultyProxy.StartAsync(azurite.ConnectionString);
        await using var broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync() });
        await using var hosts = await CompetingHosts.StartAsync(proxy.ConnectionString, broker.ConnectionString);
        proxy.Faults = new StorageWeather(seed).Choose;

        var sending = Task.WhenAll(accounts.Select(account => SendAsync(broker, account)));
        var killedWithMessages = 0;
        for (var kill = 0; kill < scale.Kills; kill++)
        {
            // The moment of the kill is the point of this test, so it is the clock's.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 2_500)));
            killedWithMessages += Waiting(broker) > 0 ? 1 : 0;
            await hosts.KillOneAsync(random);
        }

        await sending;
        await Until.Async(() => Task.FromResult(Waiting(broker)), waiting => waiting == 0, Patience);
        output.WriteLine($"{accounts.Sum(account => account.Events.Count)} events in {accounts.Sum(account => account.Events.Sum(planned => planned.Copies.Count))} messages, "
            + $"{scale.Kills} kills, {killedWithMessages} with messages waiting; {proxy.Failed} of {proxy.Calls} storage calls failed.");

        // What an outbox still has goes out, and makes the last events.
        await Until.Async(() => Outboxes.CountAsync(azurite.ConnectionString), rows => rows == 0, Patience);
        await Until.Async(() => Task.FromResult(Waiting(broker)), waiting => waiting == 0, Patience);
        proxy.Faults = null;
        await AssertAsIfUndisturbedAsync(hosts, accounts);
        Assert.All(broker.Administration.ListQueues(), queue => Assert.Equal((queue.Name, 0), (queue.Name, queue.DeadLettered)));
        Assert.Equal(0, await Outboxes.CountAsync(azurite.ConnectionString));
        Assert.True(killedWithMessages > 0, "No process was killed while there was work: this shows too little.");
        Assert.True(proxy.Failed > 0, "No storage call failed: this shows too little.");
    }

    private static int Waiting(LocalServiceBusServer broker) => broker.Administration.ListQueues().Sum(queue => queue.Active);

    private static async Task SendAsync(LocalServiceBusServer broker, PlannedAccount account)
    {
        await using var client = await QueueClient.ConnectAsync(broker.ConnectionString);
        foreach (var planned in account.Events)
        {
            foreach (var copy in planned.Copies)
            {
                await client.SendAsync(planned.Queue, account.Id, planned.Body, copy);
            }
        }
    }

    private async Task AssertAsIfUndisturbedAsync(CompetingHosts hosts, PlannedAccount[] accounts)
    {
        using var client = await hosts.ClientAsync();
        var mailbox = (await client.ListAsync("/api/simulator/mailbox")).ToLookup(mail => mail.Text("to"));
        foreach (var account in accounts)
        {
            var statement = await client.StatementAsync(account.Id);
            JsonElement[] entries = [.. statement.GetProperty("entries").EnumerateArray()];
            Assert.Equal((account.Id, account.Events.Count, account.Balance), (account.Id, entries.Length, statement.GetProperty("balance").GetInt64()));

            // Every planned change is there by its id; the others are the payments that commands made.
            var direct = account.Events.Where(planned => !planned.IsCommand).Select(planned => planned.Id).ToArray();
            Assert.Equal(direct, await InsertedInOrderAsync(direct));
            Assert.Equal(account.Events.Count(planned => planned.IsCommand), (await client.ChargesAsync(account.Id)).Count);
            Assert.Equal((account.Id, account.Receipts), (account.Id, mailbox[$"{account.Id}@customers.example.com"].Count()));
        }

        output.WriteLine($"{mailbox.Sum(mails => mails.Count())} receipts, of which {mailbox.Sum(mails => mails.Count(mail => mail.GetProperty("arrivals").GetInt64() > 1))} arrived more than once under the same id.");
    }

    /// <summary>The ids in the order in which storage took the lines: a session's events are applied in the order in which they were sent.</summary>
    private async Task<string[]> InsertedInOrderAsync(string[] ids)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in new TableClient(azurite.ConnectionString, PaymentsTables.Accounts).QueryAsync<TableEntity>("RowKey ge 'entry|' and RowKey lt 'entry}'"))
        {
            if (ids.Contains(row.GetString("EventId")))
            {
                rows.Add(row);
            }
        }

        Assert.Equal(ids.Length, rows.Count);
        Assert.Single(rows.Select(row => row.PartitionKey).Distinct());
        return [.. rows.OrderBy(row => row.Timestamp).Select(row => row.GetString("EventId"))];
    }
}
