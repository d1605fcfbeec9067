using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.Functions.Connections;

namespace Payments.Functions.ServiceBus.Tests;

public sealed class ServiceBusConnectionTests
{
    [Fact]
    public void A_connection_string_of_something_else_is_told_by_the_settings_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("ServiceBusConnection", (string?)"UseDevelopmentStorage=true")]).Build();
        using var services = new ServiceCollection().AddServiceBus(configuration).BuildServiceProvider();

        var fault = Assert.Throws<ServiceConnectionException>(() => services.GetRequiredService<ServiceBusClient>());

        Assert.Contains("ServiceBusConnection", fault.Message, StringComparison.Ordinal);
    }
}
