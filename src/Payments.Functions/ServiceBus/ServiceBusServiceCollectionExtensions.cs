using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Payments.DeadLetters;
using Payments.Functions.Connections;
using ServerlessIdempotency.Outbox;

namespace Payments.Functions.ServiceBus;

/// <summary>Connects payments with Service Bus: the sender of the outbox, and the dead letters. What receives is the home's.</summary>
public static class ServiceBusServiceCollectionExtensions
{
    /// <summary>The setting that says how to reach Service Bus, for triggers too.</summary>
    public const string Setting = "ServiceBusConnection";

    /// <summary>Adds the client and what uses it.</summary>
    /// <param name="services">The home's services.</param>
    /// <param name="configuration">Holds <c>ServiceBusConnection</c>, or <c>ServiceBusConnection__fullyQualifiedNamespace</c>.</param>
    /// <exception cref="ServiceConnectionException">The settings name no Service Bus, or two.</exception>
    public static IServiceCollection AddServiceBus(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var connection = ServiceConnection.Read(configuration, Setting, "fullyQualifiedNamespace");
        services.AddSingleton(_ => Create(connection));
        services.AddSingleton<IMessageSender, ServiceBusMessageSender>();
        services.AddSingleton<IDeadLetters, ServiceBusDeadLetters>();
        return services;
    }

    private static ServiceBusClient Create(ServiceConnection connection)
    {
        // Both tries together stay below the outbox's bound for a send (30 s): a broker that is away is then told as such and not as a failure of the message.
        var options = new ServiceBusClientOptions
        {
            RetryOptions = new ServiceBusRetryOptions { MaxRetries = 1, TryTimeout = TimeSpan.FromSeconds(10), Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1) },
        };
        try
        {
            return connection switch
            {
                ServiceConnection.ByConnectionString { Value: var value } => new ServiceBusClient(value, options),
                ServiceConnection.ByIdentity(var address, var credential) => new ServiceBusClient(address, credential, options),
                _ => throw new NotSupportedException($"Unknown connection {connection.GetType().Name}."),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new ServiceConnectionException($"The setting {Setting} names no Service Bus: give a connection string, or a namespace such as NAME.servicebus.windows.net.", exception);
        }
    }
}
