using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;

namespace LocalAzurite.Tests;

public sealed class AzuriteServerTests
{
    [Fact]
    public async Task A_started_server_keeps_a_row_and_ends_when_it_is_disposed()
    {
        Process process;
        await using (var azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None))
        {
            process = Process.GetProcessById(azurite.ProcessId);
            await WriteRowAsync(azurite);
            Assert.True(await HasRowAsync(azurite));
        }

        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Rows_in_a_data_folder_outlive_the_server()
    {
        var folder = Directory.CreateTempSubdirectory("local-azurite-");
        try
        {
            var options = new AzuriteOptions { DataFolder = folder.FullName };
            await using (var first = await AzuriteServer.StartAsync(options, CancellationToken.None))
            {
                await WriteRowAsync(first);
            }

            await using var second = await AzuriteServer.StartAsync(options, CancellationToken.None);
            Assert.True(await HasRowAsync(second));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Many_servers_started_at_once_each_get_a_port()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None)));
        try
        {
            Assert.Equal(servers.Length, servers.Select(server => server.Port).Distinct().Count());
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteServer.StartAsync(new AzuriteOptions { Port = port }, CancellationToken.None));

        Assert.Contains($"Port {port} on 127.0.0.1 is in use", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_node_is_named()
    {
        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteServer.StartAsync(new AzuriteOptions { SearchPath = Path.GetTempPath() }, CancellationToken.None));

        Assert.Contains("install Node.js", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Guards the end of input in azurite-host.cjs: a parent that was killed leaves nothing but a closed pipe.</summary>
    [Fact]
    public async Task Azurite_ends_when_its_parent_is_gone()
    {
        var tools = NodeTools.Find(searchPath: null);
        var installation = await AzuriteInstallation.EnsureAsync(new AzuriteOptions(), tools, CancellationToken.None);
        var listening = new TaskCompletionSource();
        await using var orphan = ChildProcess.Start(
            tools.Node,
            [Path.Combine(installation, AzuriteInstallation.HostScript), "--tableHost", "127.0.0.1", "--tablePort", "0", "--inMemoryPersistence", "--disableTelemetry", "--silent"],
            installation,
            line =>
            {
                if (line.Contains("successfully started", StringComparison.Ordinal))
                {
                    listening.TrySetResult();
                }
            });
        await listening.Task.WaitAsync(TimeSpan.FromMinutes(10));

        orphan.CloseInput();

        await orphan.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(10));
    }

    private static async Task WriteRowAsync(AzuriteServer azurite)
    {
        var table = new TableClient(azurite.ConnectionString, "rows");
        await table.CreateIfNotExistsAsync();
        await table.AddEntityAsync(new TableEntity("partition", "row"));
    }

    private static async Task<bool> HasRowAsync(AzuriteServer azurite) =>
        (await new TableClient(azurite.ConnectionString, "rows").GetEntityIfExistsAsync<TableEntity>("partition", "row")).HasValue;
}
