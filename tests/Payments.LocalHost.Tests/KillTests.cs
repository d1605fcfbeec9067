using Xunit.Abstractions;

namespace Payments.LocalHost.Tests;

/// <summary>Law 4 against the real thing: the host is killed with many payments at many points, and started again on the same storage.</summary>
public sealed class KillTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const int Kills = 8;
    private const int Clients = 16;

    // Answered at once, slow on both sides of the charge, and failing at first: so the kill meets every phase of a payment.
    private static readonly string[] Methods = ["pm_ok", "pm_slow_15", "pm_slow_60", "pm_slow_250", "pm_lost_reply", "pm_unavailable"];

    [Fact]
    public async Task After_kill_9_at_many_points_every_retry_ends_with_one_charge_one_payment_and_a_whole_ledger()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"Seed {seed}.");
        var host = await ServeAsync();
        try
        {
            var interrupted = 0;
            for (var kill = 0; kill < Kills; kill++)
            {
                var stories = new List<PaymentStory>();
                using (var client = await host.ClientAsync())
                {
                    var clients = Enumerable.Range(0, Clients).Select(number => KeepPayingAsync(client, stories, number)).ToArray();

                    // The moment of the kill is the point of this test, so it is the clock's.
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 700)));
                    await host.KillAsync();
                    await Task.WhenAll(clients);
                }

                interrupted += stories.Count(story => story.IsInterrupted);
                await host.DisposeAsync();
                host = await ServeAsync();
                using var next = await host.ClientAsync();
                await Task.WhenAll(stories.Select(story => story.GoOnAsync(next)));
                await Task.WhenAll(stories.Select(story => story.AssertMadeOnceAsync(next)));
                output.WriteLine($"Kill {kill + 1}: {stories.Count} payments, {interrupted} requests interrupted so far.");
            }

            Assert.True(interrupted >= Kills * Clients / 2, $"Only {interrupted} requests were interrupted: this shows too little.");
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private Task<HostProcess> ServeAsync() =>
        HostProcess.ServeAsync(azurite.ConnectionString, "--Idempotency:Lease=00:00:01", "--Idempotency:ClockSkewMargin=00:00:00");

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
