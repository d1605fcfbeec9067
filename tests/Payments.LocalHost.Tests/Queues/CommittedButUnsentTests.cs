using System.Net;
using LocalServiceBus;
using LocalServiceBus.Configuration;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>
/// Law 9: the process dies between commit and send. Without a broker it commits and can't send, so that is where it is killed, every time.
/// Guards the sweeper: without it the rows stay.
/// </summary>
public sealed class CommittedButUnsentTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Theory]
    [InlineData(HostProgram.LocalHost)]
    [InlineData(HostProgram.FunctionApp)]
    public async Task Message_goes_out_after_the_restart_once_for_its_consumers(HostProgram program)
    {
        var account = RunningHost.NewAccount();
        using (var away = new RefusedPort())
        {
            var nowhere = $"Endpoint=sb://127.0.0.1:{away.Number};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;";
            await using var host = await HostProcess.ServeAsync(program, azurite.ConnectionString, $"--ServiceBusConnection={nowhere}");
            using var client = await host.ClientAsync();
            for (var number = 1; number <= 3; number++)
            {
                using var created = await client.PostAsync("/api/payments", $"{account}-{number}", Api.Order(account, "pm_ok"));
                Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            }

            Assert.Equal(0, (await client.StatementAsync(account)).GetProperty("entries").GetArrayLength());
            await host.KillAsync();
        }

        await using var broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync() });
        string[] arguments = [$"--ServiceBusConnection={broker.ConnectionString}", "--Outbox:SweepAfter=00:00:01", .. SweepingOf(program)];
        await using var first = await HostProcess.ServeAsync(program, azurite.ConnectionString, arguments);

        // Two that sweep at the same time send no more than one does.
        await using var second = await HostProcess.ServeAsync(program, azurite.ConnectionString, arguments);
        using var reader = await first.ClientAsync();
        var statement = await reader.StatementAsync(account, entries: 3);
        Assert.Equal(3 * 1250, statement.GetProperty("balance").GetInt64());
        var mails = await reader.MailAsync(account, receipts: 3);
        Assert.Equal(3, mails.Count);
        Assert.All(mails, mail => Assert.Equal(1, mail.GetProperty("arrivals").GetInt64()));

        await Until.Async(() => Task.FromResult(broker.Administration.ListQueues().Sum(queue => queue.Active)), active => active == 0);
        Assert.Equal(0, broker.Administration.ListQueues().Sum(queue => queue.DeadLettered));
        await Until.Async(() => Outboxes.CountAsync(azurite.ConnectionString), rows => rows == 0);
    }

    // The function app sweeps by timers.
    private static string[] SweepingOf(HostProgram program) => [program == HostProgram.FunctionApp ? "--timers=00:00:01" : "--Outbox:SweepInterval=00:00:01"];
}
