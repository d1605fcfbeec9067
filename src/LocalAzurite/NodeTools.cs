namespace LocalAzurite;

/// <summary>Where Node.js and npm are on this machine.</summary>
internal sealed record NodeTools(string Node, string Npm)
{
    public static NodeTools Find(string? searchPath)
    {
        var folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new NodeTools(
            Find(folders, OperatingSystem.IsWindows() ? "node.exe" : "node"),
            Find(folders, OperatingSystem.IsWindows() ? "npm.cmd" : "npm"));
    }

    private static string Find(string[] folders, string program) =>
        folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new AzuriteException($"Azurite runs on Node.js, and '{program}' was not found on the PATH: install Node.js 20 or later (it brings npm), or point the storage connection string at a table service that already runs.");
}
