namespace Payments.LocalHost.Tests.Queues;

/// <summary>Whatever comes more than once: the local host.</summary>
public sealed class AppliedOnceTests(RunningLocalHost host) : AppliedOnceCases(host), IClassFixture<RunningLocalHost>;
