using LocalAzurite;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage;

namespace Payments.LocalHost.Startup;

/// <summary>The storage behind the host: one that already runs, where <c>PaymentsStorage</c> names it, else an Azurite of its own.</summary>
internal sealed class LocalStorage : IAsyncDisposable
{
    public const string Setting = "PaymentsStorage";

    private readonly AzuriteServer? _azurite;
    private readonly string _connectionString;

    private LocalStorage(string connectionString, AzuriteServer? azurite)
    {
        _connectionString = connectionString;
        _azurite = azurite;
    }

    /// <summary>Where rows go, as a sentence.</summary>
    public string Description => _azurite is null
        ? $"Rows go to the storage that {Setting} names."
        : "Rows are kept in memory by an Azurite of its own and end with it.";

    /// <exception cref="AzuriteException">Azurite could not be installed or started.</exception>
    public static async Task<LocalStorage> StartAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (configuration[Setting] is { Length: > 0 } connectionString)
        {
            return new LocalStorage(connectionString, azurite: null);
        }

        var azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), cancellationToken);
        return new LocalStorage(azurite.ConnectionString, azurite);
    }

    /// <summary>Adds the store, whose times the configuration section <c>TableStorage</c> sets.</summary>
    public void AddTo(IdempotencyBuilder builder, IConfiguration configuration) => builder.AddTableStorage(options =>
    {
        configuration.GetSection("TableStorage").Bind(options);
        options.ConnectionString = _connectionString;
    });

    /// <summary>Creates the tables, which also shows whether the storage answers.</summary>
    /// <exception cref="StartupException">It does not.</exception>
    public static async Task CreateTablesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredService<TableStorageRowStore>().EnsureTablesAsync(
                [.. PaymentsTables.All, services.GetRequiredService<IOptions<OutboxOptions>>().Value.TableName], cancellationToken);
        }
        catch (OptionsValidationException exception) when (exception.Failures.Any(failure => failure.Contains(nameof(TableStorageOptions.ConnectionString), StringComparison.Ordinal)))
        {
            // The sentence of the library names a setting of its own; this host has another name for it. The string itself holds a key and is not shown.
            throw new StartupException($"The setting {Setting} is no connection string of a storage account: give 'UseDevelopmentStorage=true', say, or leave it out to use an Azurite of this host's own.", exception);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TableStorageException)
        {
            throw new StartupException($"The storage that {Setting} names can't be used: {FirstLine(exception.Message)}", exception);
        }
    }

    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];
}
