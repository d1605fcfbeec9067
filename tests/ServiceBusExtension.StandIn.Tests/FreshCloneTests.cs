using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace ServiceBusExtension.StandIn.Tests;

/// <summary>Nobody need restore the solution first: a command for one project asks the feed by itself.</summary>
public sealed class FreshCloneTests : IDisposable
{
    private const string Name = "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus";

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

    [Theory]
    [InlineData(false, "true")]
    [InlineData(true, "false")]
    public async Task A_feed_is_asked_whether_it_has_the_package(bool hasPackage, string isStandIn)
    {
        await CopyProjectFilesAsync();
        var feed = Directory.CreateDirectory(Path.Combine(_folder, "feed")).FullName;
        if (hasPackage)
        {
            AddPackage(feed);
        }

        await RestoreFromAsync(feed);

        Assert.Contains($"<ServiceBusExtensionIsStandIn>{isStandIn}<", await File.ReadAllTextAsync(Choice), StringComparison.Ordinal);
    }

    // What `dotnet restore` is told goes before what is configured, for the question too.
    [Theory]
    [InlineData("--source")]
    [InlineData("--configfile")]
    public async Task The_feed_and_the_package_folder_of_the_command_line_are_the_questions_too(string option)
    {
        await CopyProjectFilesAsync();
        var feed = Directory.CreateDirectory(Path.Combine(_folder, "feed")).FullName;
        AddPackage(feed);
        await WriteConfigAsync("NuGet.config", Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName);
        await WriteConfigAsync("other.config", feed);

        var packages = Path.Combine(_folder, "packages");
        await Dotnet.RunAsync(
            _folder,
            [KeyValuePair.Create("NUGET_PACKAGES", (string?)Path.Combine(_folder, "usual"))],
            "restore", "eng/ServiceBusExtension.StandIn", option, option == "--source" ? feed : Path.Combine(_folder, "other.config"), "--packages", packages);

        Assert.Contains("<ServiceBusExtensionIsStandIn>false<", await File.ReadAllTextAsync(Choice), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(packages, Name.ToLowerInvariant())));
    }

    // Else an outage would quietly become a stand-in.
    [Fact]
    public async Task A_feed_that_does_not_answer_chooses_nothing()
    {
        await CopyProjectFilesAsync();

        Assert.NotEqual(0, await RestoreFromAsync("http://127.0.0.1:1/v3/index.json"));

        Assert.False(File.Exists(Choice));
    }

    private string Choice => Path.Combine(_folder, "eng/ServiceBusExtension/choice.g.props");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // From that feed alone, and into a package folder of its own: what is restored once into the usual one is found there by every later restore.
    private async Task<int> RestoreFromAsync(string feed)
    {
        await WriteConfigAsync("NuGet.config", feed);
        var (exitCode, _) = await Dotnet.RunAsync(
            _folder,
            [KeyValuePair.Create("NUGET_PACKAGES", (string?)Path.Combine(_folder, "packages")), KeyValuePair.Create("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", (string?)"1")],
            "restore",
            "eng/ServiceBusExtension.StandIn");
        return exitCode;
    }

    private Task WriteConfigAsync(string file, string feed) => File.WriteAllTextAsync(
        Path.Combine(_folder, file),
        $"""<configuration><packageSources><clear /><add key="only" value="{feed}" allowInsecureConnections="true" /></packageSources></configuration>""");

    private static void AddPackage(string feed)
    {
        var version = XDocument.Load(Path.Combine(Dotnet.Root, "Directory.Packages.props")).Descendants("PackageVersion").Single(package => (string?)package.Attribute("Include") == Name).Attribute("Version")!.Value;
        using var package = ZipFile.Open(Path.Combine(feed, $"{Name}.{version}.nupkg"), ZipArchiveMode.Create);
        using var writer = new StreamWriter(package.CreateEntry($"{Name}.nuspec").Open());
        writer.Write($"<package><metadata><id>{Name}</id><version>{version}</version><authors>a test</authors><description>Empty.</description></metadata></package>");
    }

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
