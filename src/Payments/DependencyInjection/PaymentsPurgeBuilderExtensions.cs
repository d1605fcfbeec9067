using Microsoft.Extensions.Configuration;
using ServerlessIdempotency.DependencyInjection;

namespace Payments.DependencyInjection;

/// <summary>Registers the purge of the app's tables.</summary>
internal static class PaymentsPurgeBuilderExtensions
{
    /// <summary>Deletes expired records and processed events, set by the configuration section <c>Purge</c>. The store must be able to list expired rows, as Table Storage is.</summary>
    /// <param name="builder">What <c>AddPayments</c> returned.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static IdempotencyBuilder AddPaymentsPurge(this IdempotencyBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.AddPurge(options =>
        {
            foreach (var table in PaymentsTables.WithExpiry)
            {
                options.Tables.Add(table);
            }

            configuration.GetSection("Purge").Bind(options);
        });
    }
}
