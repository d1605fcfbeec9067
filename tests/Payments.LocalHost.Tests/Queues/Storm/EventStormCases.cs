using System.Text.Json;
using Azure.Data.Tables;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using TestDoubles.Storage;
using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>
/// Laws 1, 3, 4, 5 and 9 at once: every event comes one to three times, several hosts compete for them, some are killed -9 with messages in hand, and storage
/// calls fail all the time. In the end it looks as if nothing of that had happened.
/// </summary>
public abstract class EventStormCases(HostProgram program, int hostCount, int killCount, AzuriteFixture azurite, ITestOutputHelper output)
{
    private const int Accounts = 10;

    // So many of each account's events wait for each kill.
    private const int EventsAtOnce = 4;

    // A host is killed while it has a message in hand whose effects are on their way or there, but not answered. What is sent for each of them is a command and three events of every
    // account: enough calls are still to come when it waits for its own, however long a host took to start meanwhile. (A call that is held is given up after its time-out, and its
    // host goes on: on a slow machine all that was sent before may be over by then.)
    private static readonly (int Number, Func<StorageCall, bool> IsOne, CallMoment Moment)[] AllKillPoints =
    [
        (5, IsPaymentCommit, CallMoment.AfterEffect),
        (5, IsStatementCommit, CallMoment.BeforeEffect),
        (5, IsPaymentCommit, CallMoment.BeforeEffect),
        (5, IsStatementCommit, CallMoment.AfterEffect),
    ];

    private readonly (int Number, Func<StorageCall, bool> IsOne, CallMoment Moment)[] _killPoints = AllKillPoints[..killCount];

    [Fact]
    public async Task Balances_are_the_sums_of_distinct_events_and_every_payment_has_one_receipt()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        PlannedAccount[] accounts = [.. Enumerable.Range(0, Accounts).Select(number => PlannedAccount.Choose(number, EventsAtOnce * _killPoints.Length, new Random(seed + number)))];

        // The sessions of a killed host stay locked for as long.
        await using var broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync(lockDuration: "PT15S") });
        await using var hosts = await CompetingHosts.StartAsync(program, hostCount, azurite.ConnectionString, broker.ConnectionString);
        hosts.SetWeather(new StorageWeather());

        var left = await SendAndKillAsync(hosts, broker, accounts);
        await hosts.ServedAsync();
        await Until.Async(() => Task.FromResult(Waiting(broker)), waiting => waiting == 0);
        output.WriteLine($"{accounts.Sum(account => account.Events.Count)} events in {accounts.Sum(account => account.Events.Sum(planned => planned.Copies.Count))} messages, "
            + $"{_killPoints.Length} kills with {string.Join(", ", left)} messages waiting or in hand; {hosts.Failed} of {hosts.Calls} storage calls failed.");

        // What an outbox still has goes out, and makes the last events.
        await Until.Async(() => Outboxes.CountAsync(azurite.ConnectionString), rows => rows == 0);
        await Until.Async(() => Task.FromResult(Waiting(broker)), waiting => waiting == 0);
        hosts.SetWeather(null);
        await AssertAsIfUndisturbedAsync(hosts, accounts);
        Assert.All(broker.Administration.ListQueues(), queue => Assert.Equal((queue.Name, 0), (queue.Name, queue.DeadLettered)));
        Assert.Equal(0, await Outboxes.CountAsync(azurite.ConnectionString));
        Assert.NotEqual(0, hosts.Failed);

        // On a slow machine a call that is held may be given up, and its message be settled, before the host is dead.
        Assert.Contains(left, waiting => waiting > 0);
    }

    /// <summary>
    /// Sends a part and kills at a point, again and again. The next point is set before the last one's calls go on, and the next part is sent after that, so that it can't miss its own.
    /// </summary>
    /// <returns>How many messages there were at each kill.</returns>
    private async Task<List<int>> SendAndKillAsync(CompetingHosts hosts, LocalServiceBusServer broker, PlannedAccount[] accounts)
    {
        var waiting = new List<int>();
        var holds = _killPoints.Select(point => new HeldCalls(point.IsOne, point.Moment, point.Number)).ToList();
        hosts.Hold(holds[0]);
        for (var kill = 0; kill < holds.Count; kill++)
        {
            var held = holds[kill];
            var next = kill + 1 < holds.Count ? holds[kill + 1] : null;
            var sending = Task.WhenAll(accounts.Select(account => SendAsync(broker, account, account.Events.Skip(kill * EventsAtOnce).Take(EventsAtOnce))));
            var network = await held.UnderWay.WaitAsync(Until.Limit);
            await hosts.KillAsync(network, () =>
            {
                waiting.Add(Waiting(broker));
                hosts.Hold(next);
                held.Drop();
            });
            await sending;
        }

        return waiting;
    }

    private static bool IsPaymentCommit(StorageCall call) => call.Operation == StorageOperation.Transaction && call.IsTo(PaymentsTables.Payments);

    private static bool IsStatementCommit(StorageCall call) => call.Operation == StorageOperation.Transaction && call.IsTo(PaymentsTables.Accounts);

    private static int Waiting(LocalServiceBusServer broker) => broker.Administration.ListQueues().Sum(queue => queue.Active);

    private static async Task SendAsync(LocalServiceBusServer broker, PlannedAccount account, IEnumerable<PlannedEvent> events)
    {
        await using var client = await QueueClient.ConnectAsync(broker.ConnectionString);
        foreach (var planned in events)
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
