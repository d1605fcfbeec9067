using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers Table Storage as the store.</summary>
public static class TableStorageIdempotencyBuilderExtensions
{
    /// <summary>Keeps the records, and the rows that are committed with them, in Azure Table Storage.</summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Names the account; a wrong setting stops the app at its start with a sentence that names it.</param>
    public static IdempotencyBuilder AddTableStorage(this IdempotencyBuilder builder, Action<TableStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddValidatedOptions(configure, options => options.Validate());
        builder.Services.TryAddSingleton<TableStorageRowStore>();
        builder.Services.TryAddSingleton<IRowStore>(provider => provider.GetRequiredService<TableStorageRowStore>());
        builder.Services.TryAddSingleton<IExpiredRowStore>(provider => provider.GetRequiredService<TableStorageRowStore>());
        return builder;
    }
}
