namespace Payments.LocalHost.Tests.Queues;

/// <summary>Dead letters: the local host.</summary>
public sealed class DeadLetterTests(RunningLocalHost host) : DeadLetterCases(host), IClassFixture<RunningLocalHost>;
