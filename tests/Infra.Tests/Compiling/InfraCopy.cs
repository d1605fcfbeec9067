namespace Infra.Tests.Compiling;

/// <summary>A throw-away copy of infra/: snapshots are written beside the parameter file, and some tests break a file.</summary>
internal sealed class InfraCopy : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("infra-tests-").FullName;

    public InfraCopy()
    {
        // main.bicep reads it.
        File.Copy(Repository.PathOf("host.json"), Path.Combine(_root, "host.json"));
        var source = Repository.PathOf("infra");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder => Path.Combine(_root, "infra");

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
