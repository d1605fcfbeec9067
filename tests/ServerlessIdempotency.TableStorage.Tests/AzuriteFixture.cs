using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests;

/// <summary>One Azurite for all tests of this project; each test writes to a table of its own.</summary>
public sealed class AzuriteFixture : AzuriteStorage, IAsyncLifetime
{
    public static string NewTableName() => "T" + Guid.NewGuid().ToString("N");

    /// <param name="configure">Changes the settings, for example to add pipeline policies.</param>
    public TableStorageRowStore CreateStore(Action<TableStorageOptions>? configure = null)
    {
        // Azurite under the load of a whole test run may be slower than the service.
        var options = new TableStorageOptions { ConnectionString = ConnectionString, NetworkTimeout = TimeSpan.FromSeconds(60), CallTimeout = TimeSpan.FromMinutes(5) };
        configure?.Invoke(options);
        return new TableStorageRowStore(options);
    }
}
