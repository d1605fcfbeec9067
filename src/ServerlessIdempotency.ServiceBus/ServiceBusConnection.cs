using Azure.Core;
using Azure.Messaging.ServiceBus;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>How to reach a Service Bus namespace.</summary>
public sealed class ServiceBusConnection
{
    private readonly Func<ServiceBusClientOptions, ServiceBusClient> _create;

    private ServiceBusConnection(Func<ServiceBusClientOptions, ServiceBusClient> create) => _create = create;

    /// <summary>By a connection string; with <c>UseDevelopmentEmulator=true</c> it names an emulator.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <exception cref="FormatException">It is none. The message does not quote it, since it may hold a key.</exception>
    public static ServiceBusConnection FromConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        try
        {
            var properties = ServiceBusConnectionStringProperties.Parse(connectionString);
            if (properties.Endpoint is null || (properties.SharedAccessKey is null && properties.SharedAccessSignature is null))
            {
                throw new FormatException("A Service Bus connection string has an Endpoint, a SharedAccessKeyName and a SharedAccessKey.");
            }
        }
        catch (ArgumentException exception)
        {
            throw new FormatException("This is no connection string of a Service Bus.", exception);
        }

        return new ServiceBusConnection(options => new ServiceBusClient(connectionString, options));
    }

    /// <summary>By an identity.</summary>
    /// <param name="fullyQualifiedNamespace">The namespace's host, such as <c>NAME.servicebus.windows.net</c>.</param>
    /// <param name="credential">The identity; it needs the roles "Azure Service Bus Data Sender" and "Azure Service Bus Data Receiver".</param>
    /// <exception cref="FormatException">It is no host name. The message does not quote it, since it may be a connection string.</exception>
    public static ServiceBusConnection FromCredential(string fullyQualifiedNamespace, TokenCredential credential)
    {
        ArgumentException.ThrowIfNullOrEmpty(fullyQualifiedNamespace);
        ArgumentNullException.ThrowIfNull(credential);
        return Uri.CheckHostName(fullyQualifiedNamespace) == UriHostNameType.Dns
            ? new ServiceBusConnection(options => new ServiceBusClient(fullyQualifiedNamespace, credential, options))
            : throw new FormatException("The namespace is no host name such as NAME.servicebus.windows.net.");
    }

    // Both tries together stay below the outbox's bound for a send (30 s): a broker that is away is then told as such and not as a failure of the message.
    internal ServiceBusClient CreateClient() => _create(new ServiceBusClientOptions
    {
        RetryOptions = new ServiceBusRetryOptions { MaxRetries = 1, TryTimeout = TimeSpan.FromSeconds(10), Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1) },
    });

    // A try that waits for the next session asks for as long as it may take: a long one asks less often. After a failure the consumer tries again by itself.
    internal ServiceBusClient CreateConsumerClient() => _create(new ServiceBusClientOptions
    {
        RetryOptions = new ServiceBusRetryOptions { MaxRetries = 1, TryTimeout = TimeSpan.FromSeconds(30), Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1) },
    });
}
