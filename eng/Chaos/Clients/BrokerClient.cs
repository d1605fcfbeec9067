using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace Chaos.Clients;

/// <summary>Azure's own Service Bus client of the broker under test. It tries each call once: what is lost is counted and sent again by whoever asked.</summary>
internal static class BrokerClient
{
    public static ServiceBusClient Connect(int brokerPort, TimeSpan tryTimeout) =>
        new(ConnectionString(brokerPort), new ServiceBusClientOptions { RetryOptions = new ServiceBusRetryOptions { MaxRetries = 0, TryTimeout = tryTimeout } });

    public static string ConnectionString(int brokerPort) =>
        string.Create(CultureInfo.InvariantCulture, $"Endpoint=sb://127.0.0.1:{brokerPort};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;");
}
