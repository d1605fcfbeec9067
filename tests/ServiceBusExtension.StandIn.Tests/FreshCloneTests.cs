using System.Diagnostics;

namespace ServiceBusExtension.StandIn.Tests;

/// <summary>Nobody need restore the solution first: a command for one project asks the feed by itself.</summary>
public sealed class FreshCloneTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clone-").FullName;

    [StandInFact]
    public async Task One_project_of_a_fresh_clone_is_restored_with_the_stand_in()
    {
        await CopyProjectFilesAsync();

        var (exitCode, output) = await Dotnet.RunAsync(_folder, "restore", "tests/ServerlessIdempotency.Functions.ServiceBus.Tests");

        Assert.True(exitCode == 0, output);
        Assert.Contains(
            "ServiceBusExtension.StandIn.csproj",
            await File.ReadAllTextAsync(Path.Combine(_folder, "src/ServerlessIdempotency.Functions.ServiceBus/obj/project.assets.json")), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // What is committed, or is about to be. A restore needs no sources.
    private async Task CopyProjectFilesAsync()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.csproj", "*.props", "*.targets", "global.json"])
        {
            WorkingDirectory = Dotnet.Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var files = (await git.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(files);
        foreach (var file in files.Where(file => File.Exists(Path.Combine(Dotnet.Root, file))))
        {
            var copy = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Dotnet.Root, file), copy);
        }
    }
}
