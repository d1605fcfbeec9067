using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.Functions.Connections;
using Payments.Functions.ServiceBus;
using ServerlessIdempotency.DependencyInjection;

namespace Payments.Functions.Tests.Connections;

public sealed class ServiceBusConnectionTests
{
    [Fact]
    public void A_connection_string_of_something_else_is_told_by_the_settings_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("ServiceBusConnection", (string?)"UseDevelopmentStorage=true")]).Build();

        var fault = Assert.Throws<ServiceConnectionException>(() => new ServiceCollection().AddIdempotency().AddPaymentsServiceBus(configuration));

        Assert.Contains("ServiceBusConnection", fault.Message, StringComparison.Ordinal);
    }
}
