namespace Infra.Tests.Compiling;

/// <summary>A throw-away copy of infra/: snapshots are written beside the parameter file, and some tests break a file.</summary>
internal sealed class InfraCopy : IDisposable
{
    public InfraCopy()
    {
        var source = Repository.PathOf("infra");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("infra-tests-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
