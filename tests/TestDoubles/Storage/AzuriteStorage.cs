using LocalAzurite;

namespace TestDoubles.Storage;

/// <summary>A storage of a test class's or a test project's own. A fixture derives from it and says that it is one: <c>AzuriteFixture : AzuriteStorage, IAsyncLifetime</c>.</summary>
public abstract class AzuriteStorage
{
    private AzuriteServer? _server;

    /// <summary>How to reach it, once it is started.</summary>
    public string ConnectionString => _server?.ConnectionString ?? throw new InvalidOperationException("Azurite is not started.");

    /// <summary>Starts it.</summary>
    public virtual async Task InitializeAsync() => _server = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);

    /// <summary>Ends it.</summary>
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
