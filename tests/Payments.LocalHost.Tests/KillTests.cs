using TestDoubles.Storage;
using Xunit.Abstractions;

namespace Payments.LocalHost.Tests;

/// <summary>Law 4 against the real thing: each home of the app is killed with many payments under way, at every write of a payment, and started again on the same storage.</summary>
public sealed class KillTests(AppFixture app, ITestOutputHelper output) : IClassFixture<AppFixture>
{
    private const int Clients = 16;

    // Answered at once, slow on both sides of the charge, and failing at first: the kill meets each write while other payments are elsewhere.
    private static readonly string[] Methods = ["pm_ok", "pm_slow_15", "pm_slow_60", "pm_slow_250", "pm_lost_reply", "pm_unavailable"];

    [Theory]
    [InlineData(HostProgram.LocalHost)]
    [InlineData(HostProgram.FunctionApp)]
    public async Task After_kill_9_at_every_write_a_retry_leaves_one_charge_and_a_balanced_ledger(HostProgram program)
    {
        await using var storage = await FaultyProxy.StartAsync(app.ConnectionString);
        var host = await ServeAsync(program, storage);
        try
        {
            foreach (var point in KillPoint.All)
            {
                var stories = new List<PaymentStory>();
                using var held = point.Hold();
                storage.Held = held;
                using (var client = await host.ClientAsync())
                {
                    var clients = Enumerable.Range(0, Clients).Select(number => KeepPayingAsync(client, stories, number)).ToArray();
                    await held.UnderWay.WaitAsync(Until.Limit);
                    await host.KillAsync();
                    await Task.WhenAll(clients).WaitAsync(Until.Limit);
                }

                if (!point.IsLate)
                {
                    held.Drop();
                }

                var interrupted = stories.Count(story => story.IsInterrupted);
                Assert.Equal(Clients, interrupted);
                await host.DisposeAsync();
                storage.Held = null;
                host = await ServeAsync(program, storage);
                using var next = await host.ClientAsync();
                await Task.WhenAll(stories.Select(story => story.GoOnAsync(next)));
                held.PassOn();
                await held.Over.WaitAsync(Until.Limit);
                await Task.WhenAll(stories.Select(story => story.AssertMadeOnceAsync(next)));
                output.WriteLine($"{point}: {stories.Count} payments, {interrupted} under way at the kill, {point.Together} or more of them at this point.");
            }
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private Task<HostProcess> ServeAsync(HostProgram program, FaultyProxy storage) =>
        app.ServeAsync(program, storage.ConnectionString, "--Idempotency:Lease=00:00:01", "--Idempotency:ClockSkewMargin=00:00:00");

    private static async Task KeepPayingAsync(HttpClient client, List<PaymentStory> stories, int number)
    {
        for (var turn = 0; ; turn++)
        {
            var story = new PaymentStory(Methods[(number + turn) % Methods.Length], isReservedFirst: (number + turn) % 3 == 0);
            lock (stories)
            {
                stories.Add(story);
            }

            try
            {
                await story.GoOnAsync(client);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }
}
