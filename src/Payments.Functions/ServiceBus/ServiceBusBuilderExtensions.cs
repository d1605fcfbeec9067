using Microsoft.Extensions.Configuration;
using Payments.Functions.Connections;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.ServiceBus;

namespace Payments.Functions.ServiceBus;

/// <summary>Connects payments with Service Bus. What receives are the triggers.</summary>
public static class ServiceBusBuilderExtensions
{
    /// <summary>The setting that says how to reach Service Bus, for triggers too.</summary>
    public const string Setting = "ServiceBusConnection";

    /// <summary>Adds the sender of the outbox and the dead letters.</summary>
    /// <param name="builder">What <c>AddPayments</c> returned.</param>
    /// <param name="configuration">Holds <c>ServiceBusConnection</c>, or <c>ServiceBusConnection__fullyQualifiedNamespace</c>.</param>
    /// <exception cref="ServiceConnectionException">The settings name no Service Bus, or two.</exception>
    public static IdempotencyBuilder AddPaymentsServiceBus(this IdempotencyBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.AddServiceBus(Read(configuration));
    }

    private static ServiceBusConnection Read(IConfiguration configuration)
    {
        try
        {
            return ServiceConnection.Read(configuration, Setting, "fullyQualifiedNamespace") switch
            {
                ServiceConnection.ByConnectionString { Value: var value } => ServiceBusConnection.FromConnectionString(value),
                ServiceConnection.ByIdentity(var address, var credential) => ServiceBusConnection.FromCredential(address, credential),
                var connection => throw new NotSupportedException($"Unknown connection {connection.GetType().Name}."),
            };
        }
        catch (FormatException exception)
        {
            throw new ServiceConnectionException($"The setting {Setting} names no Service Bus: give a connection string, or a namespace such as NAME.servicebus.windows.net.", exception);
        }
    }
}
