using Microsoft.Extensions.Configuration;
using Payments.Functions.Connections;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.TableStorage;

namespace Payments.Functions.Storage;

/// <summary>Connects payments with Table Storage.</summary>
public static class PaymentsStorageBuilderExtensions
{
    /// <summary>The setting that says how to reach the storage.</summary>
    public const string Setting = "PaymentsStorage";

    private const string AddressMember = "tableServiceUri";

    /// <summary>Adds the store, whose times the configuration section <c>TableStorage</c> sets.</summary>
    /// <param name="builder">What <c>AddPayments</c> returned.</param>
    /// <param name="configuration">Holds <c>PaymentsStorage</c>, or <c>PaymentsStorage__tableServiceUri</c>.</param>
    /// <exception cref="ServiceConnectionException">The settings name no storage, or two.</exception>
    public static IdempotencyBuilder AddPaymentsStorage(this IdempotencyBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        switch (ServiceConnection.Read(configuration, Setting, AddressMember))
        {
            case ServiceConnection.ByConnectionString { Value: var value }:
                return Add(options => options.ConnectionString = value);
            case ServiceConnection.ByIdentity(var address, var credential) when Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps:
                return Add(options => (options.ServiceUri, options.Credential) = (uri, credential));
            default:
                // A token sent in the clear could be used by whoever reads it, and the SDK would refuse to send it.
                throw new ServiceConnectionException($"The setting {Setting}__{AddressMember} is no address such as https://ACCOUNT.table.core.windows.net.");
        }

        IdempotencyBuilder Add(Action<TableStorageOptions> nameAccount) => builder.AddTableStorage(options =>
        {
            configuration.GetSection("TableStorage").Bind(options);
            nameAccount(options);
        });
    }
}
