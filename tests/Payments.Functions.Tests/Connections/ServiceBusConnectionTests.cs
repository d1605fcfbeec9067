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

    // Put into the setting of the namespace, a connection string is told as a fault, with its cause and without its key.
    [Fact]
    public void A_connection_string_in_the_place_of_the_namespace_is_not_quoted()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ServiceBusConnection:fullyQualifiedNamespace", (string?)"Endpoint=sb://a.servicebus.windows.net;SharedAccessKeyName=a;SharedAccessKey=secret")])
            .Build();

        var fault = Assert.Throws<ServiceConnectionException>(() => new ServiceCollection().AddIdempotency().AddPaymentsServiceBus(configuration));

        Assert.Contains("NAME.servicebus.windows.net", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }
}
