using System.Text.RegularExpressions;
using LocalAzurite;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>A host as <c>dotnet run</c> starts it: with a broker of its own. Its storage outlives it only to be quick.</summary>
public sealed partial class RunningHost : IAsyncLifetime
{
    private AzuriteServer? _azurite;
    private HostProcess? _host;
    private QueueClient? _queues;

    public HttpClient Client { get; private set; } = null!;

    internal QueueClient Queues => _queues!;

    /// <summary>Names an account that no other test uses.</summary>
    public static string NewAccount() => $"acct-{Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        _host = await HostProcess.ServeAsync(_azurite.ConnectionString);
        Client = await _host.ClientAsync();

        // What it tells a developer who wants to look into its queues.
        var connection = await Until.Async(() => Task.FromResult(ConnectionString().Match(_host.Output)), match => match.Success);
        _queues = await QueueClient.ConnectAsync(connection.Value);
    }

    public async Task DisposeAsync()
    {
        await DisposeAsync(_queues);
        Client?.Dispose();
        await DisposeAsync(_host);
        await DisposeAsync(_azurite);
    }

    private static ValueTask DisposeAsync(IAsyncDisposable? started) => started?.DisposeAsync() ?? ValueTask.CompletedTask;

    [GeneratedRegex(@"Endpoint=sb://\S+")]
    private static partial Regex ConnectionString();
}
