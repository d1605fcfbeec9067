namespace Mutation;

/// <summary>The repository that this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ServerlessIdempotency.sln")))
            {
                return folder.FullName;
            }
        }

        throw new MutationException("No folder above this program holds ServerlessIdempotency.sln.");
    }
}
