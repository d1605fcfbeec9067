namespace TestDoubles;

/// <summary>Where the repository is that the tests run in.</summary>
public static class RepositoryFolder
{
    private const string Solution = "ServerlessIdempotency.sln";

    /// <summary>The folder of the solution.</summary>
    public static string Path { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>A file or folder of the repository.</summary>
    /// <param name="parts">Its path from the solution's folder.</param>
    public static string PathOf(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above the test assembly holds {Solution}.");
    }
}
