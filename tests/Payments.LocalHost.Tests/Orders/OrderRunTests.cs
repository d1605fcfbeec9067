using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>Two hundred orders over the local host.</summary>
public sealed class OrderRunTests(AzuriteFixture azurite, ITestOutputHelper output) : OrderRunCases(HostProgram.LocalHost, ordersEach: 50, azurite, output), IClassFixture<AzuriteFixture>;
