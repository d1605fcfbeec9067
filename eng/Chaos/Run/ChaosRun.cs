using Chaos.Checks;
using Chaos.Clients;
using Chaos.Cluster;
using Chaos.CommandLine;
using Chaos.Evidence;

namespace Chaos.Run;

/// <summary>One run: start, break while clients work, come to rest, reconcile.</summary>
internal static class ChaosRun
{
    // What a client has begun when the faults end is done within seconds, unless something hangs.
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(5);

    /// <returns>Whether nothing differs.</returns>
    public static async Task<bool> RunAsync(Arguments arguments, string folder, CancellationToken cancellationToken)
    {
        var story = new Story();
        await using var cluster = await PaymentsCluster.StartAsync(arguments, folder, cancellationToken);
        await using var crowd = new Crowd(arguments.Seed, arguments.Clients, cluster.Http.Address, cluster.ToBroker.Port, story);
        await crowd.StockUpAsync();

        var disturber = new Disturber(cluster, arguments.Seed, TimeSpan.FromSeconds(arguments.Disturb));
        var work = new WorkInFlight(cluster);
        var quiescence = new Quiescence(work.LookAsync, token => Task.Delay(Quiescence.Pause, token));
        var progress = new Progress(cluster, story, disturber);
        using var reported = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var phase = "faults";
        var reporting = progress.RunAsync(() => phase, reported.Token);
        try
        {
            using (var faults = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                faults.CancelAfter(TimeSpan.FromMinutes(arguments.Minutes));
                cluster.MakeFaults(true);
                var disturbing = disturber.RunAsync(faults.Token);
                var working = crowd.RunAsync(faults.Token);
                await disturbing;
                cluster.MakeFaults(false);
                phase = "no more faults";
                await EndAsync(working, arguments, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            phase = "coming to rest";
            if (!await quiescence.WaitAsync(cancellationToken))
            {
                story.Differences.Enqueue($"After {Quiescence.MaxWait} the system had not come to rest: {quiescence.InFlight}.");
            }

            phase = "reconciling";
            var findings = await new Investigator(cluster, story).CollectAsync(cancellationToken) with { BadStops = [.. disturber.BadStops] };
            if (findings.Payments.Count == 0 || disturber.Kills == 0 || disturber.Stops == 0)
            {
                story.Differences.Enqueue("No payment was made, or no instance killed, or none stopped: the run shows too little. Let it run longer.");
            }

            var differences = Reconciliation.Run(story, findings);
            await reported.CancelAsync();
            await reporting;
            progress.Say("done");
            var report = Report.Write(arguments, story, findings, cluster, disturber, work, differences);
            Console.WriteLine();
            Console.Write(report);
            await File.WriteAllTextAsync(Path.Combine(folder, "report.txt"), report, cancellationToken);
            return differences.Values.All(found => found.Count == 0);
        }
        finally
        {
            await reported.CancelAsync();
            await reporting;
        }
    }

    private static async Task EndAsync(Task working, Arguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            await working.WaitAsync(EndPatience, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"{EndPatience} after the last fault some of the {arguments.Clients} clients had still no answer: either something hangs, or this machine is too busy for so many.", exception);
        }
    }
}
