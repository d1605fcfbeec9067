using System.Diagnostics;
using Chaos.Cluster;
using TestDoubles.Processes;

namespace Chaos.Tests.Cluster;

public sealed class InstanceTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    // Guards the end in DisposeAsync: Ctrl-C while the hosts start.
    [Fact]
    public async Task One_that_is_interrupted_while_it_starts_leaves_no_process()
    {
        var instance = new Instance(1, HostProgram.LocalHost, ["--PaymentsStorage=UseDevelopmentStorage=true"], new LogFile(_log));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => instance.StartAsync(new CancellationToken(canceled: true)));
        var process = instance.ProcessId!.Value;
        Assert.True(Runs(process));

        await instance.DisposeAsync();

        Assert.False(Runs(process));
        Assert.Null(instance.ProcessId);
    }

    [Fact]
    public async Task One_that_was_never_started_or_has_ended_is_disposed_of()
    {
        await new Instance(1, HostProgram.LocalHost, [], new LogFile(_log)).DisposeAsync();
        var killed = new Instance(2, HostProgram.LocalHost, ["--PaymentsStorage=UseDevelopmentStorage=true"], new LogFile(_log));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed.StartAsync(new CancellationToken(canceled: true)));
        await killed.KillAsync();

        await killed.DisposeAsync();

        Assert.False(killed.IsUp);
    }

    private static bool Runs(int process) => Process.GetProcesses().Any(running => running.Id == process);
}
