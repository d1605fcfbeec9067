using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>The storm over four local hosts.</summary>
public sealed class EventStormTests(AzuriteFixture azurite, ITestOutputHelper output) : EventStormCases(HostProgram.LocalHost, hostCount: 4, killCount: 4, azurite, output), IClassFixture<AzuriteFixture>;
