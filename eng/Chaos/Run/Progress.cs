using System.Diagnostics;
using System.Globalization;
using Chaos.Clients;
using Chaos.Cluster;

namespace Chaos.Run;

/// <summary>Says every few seconds how the run is going.</summary>
internal sealed class Progress(PaymentsCluster cluster, Story story, Disturber disturber)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public async Task RunAsync(Func<string> phase, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, stop);
                Say(phase());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    public void Say(string text) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{_clock.Elapsed:mm\\:ss} {text} | payments {story.Payments.Count}, orders {story.Orders.Count}, sent {story.Sent}, replays {story.Replays}, in progress {story.InProgress}, unavailable {story.Unavailable}, lost {story.Lost + story.TimedOut} | up {cluster.Instances.Count(instance => instance.IsUp)}/{cluster.Instances.Count}, kills {disturber.Kills}+{disturber.BrokerKills}, stops {disturber.Stops}, freezes {disturber.Freezes} | {cluster.Memory}"));
}
