using LocalAzurite;
using ServerlessIdempotency.TableStorage;

namespace Payments.Proof.Tests.Tables;

/// <summary>One Azurite with the app's tables. Each run keeps its rows apart by <see cref="RunRowStore"/>.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _azurite;

    public async Task InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        await NewStore().EnsureTablesAsync([.. PaymentsTables.All, "OutboxPartitions", "ParkedSagas"], CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }

    /// <param name="configure">Changes the settings.</param>
    public TableStorageRowStore NewStore(Action<TableStorageOptions>? configure = null)
    {
        // Azurite under the load of a whole test run may be slower than the service.
        var options = new TableStorageOptions { ConnectionString = _azurite!.ConnectionString, NetworkTimeout = TimeSpan.FromSeconds(60), CallTimeout = TimeSpan.FromMinutes(5) };
        configure?.Invoke(options);
        return new TableStorageRowStore(options);
    }
}
