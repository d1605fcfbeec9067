namespace LocalAzurite.Tests;

public sealed class AzuriteInstallationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("local-azurite-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Concurrent_installations_run_npm_once_and_clear_what_a_killed_one_left()
    {
        var options = new AzuriteOptions { CacheFolder = Path.Combine(_folder.FullName, "cache") };
        var tools = FakeNpm("echo run >> ../runs; sleep 0.2");
        var leftover = Directory.CreateDirectory((await ExpectedFolderAsync(tools)) + ".partial-killed");

        var folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => AzuriteInstallation.EnsureAsync(options, tools, CancellationToken.None))));

        var folder = Assert.Single(folders.Distinct());
        Assert.True(File.Exists(Path.Combine(folder, "package-lock.json")));
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(options.CacheFolder, "runs")));
        leftover.Refresh();
        Assert.False(leftover.Exists);

        async Task<string> ExpectedFolderAsync(NodeTools tools)
        {
            var probe = new AzuriteOptions { CacheFolder = Path.Combine(_folder.FullName, "probe") };
            var installed = await AzuriteInstallation.EnsureAsync(probe, tools, CancellationToken.None);
            Directory.CreateDirectory(options.CacheFolder!);
            return Path.Combine(options.CacheFolder!, Path.GetFileName(installed));
        }
    }

    [Fact]
    public async Task A_failed_installation_says_what_npm_said_and_leaves_no_folder()
    {
        var options = new AzuriteOptions { CacheFolder = Path.Combine(_folder.FullName, "cache") };
        var tools = FakeNpm("echo 'no such package' >&2; exit 7");

        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteInstallation.EnsureAsync(options, tools, CancellationToken.None));

        Assert.Contains("exit code 7", exception.Message, StringComparison.Ordinal);
        Assert.Contains("no such package", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(options.CacheFolder), folder => !folder.Contains(".partial-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cache_folder_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_folder.FullName, "a-file");
        await File.WriteAllTextAsync(file, "");

        var exception = await Assert.ThrowsAsync<AzuriteException>(() => AzuriteInstallation.EnsureAsync(new AzuriteOptions { CacheFolder = file }, FakeNpm("exit 0"), CancellationToken.None));

        Assert.Contains(nameof(AzuriteOptions.CacheFolder), exception.Message, StringComparison.Ordinal);
    }

    private NodeTools FakeNpm(string script)
    {
        var npm = Path.Combine(_folder.FullName, OperatingSystem.IsWindows() ? "npm.cmd" : "npm");
        File.WriteAllText(npm, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new NodeTools("node", npm);
    }
}
