namespace Payments.LocalHost.Tests.Queues;

/// <summary>The local host.</summary>
public sealed class RunningLocalHost() : RunningHost(HostProgram.LocalHost);
