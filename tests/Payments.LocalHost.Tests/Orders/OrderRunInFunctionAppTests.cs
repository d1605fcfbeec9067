using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>Eighty orders over the function app.</summary>
public sealed class OrderRunInFunctionAppTests(AzuriteFixture azurite, ITestOutputHelper output)
    : OrderRunCases(HostProgram.FunctionApp, ordersEach: 20, azurite, output), IClassFixture<AzuriteFixture>;
