using Chaos.Clients;
using TestDoubles.Processes;

namespace Chaos.Cluster;

/// <summary>How the hosts are set: as they come, but with shorter times, so that what takes minutes after a crash takes seconds here.</summary>
internal static class HostArguments
{
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(3);

    public static TimeSpan ClockSkewMargin { get; } = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<string> Create(HostProgram program, string storage, int brokerPort) =>
    [
        $"--PaymentsStorage={storage}",
        $"--ServiceBusConnection={BrokerClient.ConnectionString(brokerPort)}",
        "--Gateway:Kind=Simulated",
        $"--Idempotency:Lease={Lease}",
        $"--Idempotency:ClockSkewMargin={ClockSkewMargin}",
        "--Sagas:LeaseMargin=00:00:02",
        "--Outbox:Window=00:00:10",
        "--Outbox:NoteGrace=00:00:30",
        "--Outbox:SweepAfter=00:00:02",
        "--Outbox:SweepInterval=00:00:03",
        "--Outbox:SendTimeout=00:00:05",
        "--Outbox:FirstRetryDelay=00:00:00.500",
        "--Outbox:MaxRetryDelay=00:00:05",

        // The function app sweeps by timers, which its host runs as often as the local host sweeps.
        .. program == HostProgram.FunctionApp ? ["--timers=00:00:03"] : Array.Empty<string>(),
    ];
}
