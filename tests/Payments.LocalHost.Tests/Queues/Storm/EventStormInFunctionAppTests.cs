using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>The storm over two function apps, each a host and its worker, which take long to start: two kills.</summary>
public sealed class EventStormInFunctionAppTests(AzuriteFixture azurite, ITestOutputHelper output)
    : EventStormCases(HostProgram.FunctionApp, hostCount: 2, killCount: 2, azurite, output), IClassFixture<AzuriteFixture>;
