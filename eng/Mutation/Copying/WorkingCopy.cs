using Mutation.Compiling;

namespace Mutation.Copying;

/// <summary>A copy of the repository's work tree, which is built once. The user's own is only read.</summary>
internal sealed class WorkingCopy(string root)
{
    // Analysis and documentation tell nothing about behaviour. What the source generators write is kept, since the mutated libraries are compiled without them.
    private static readonly string[] Faster =
    [
        "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false", "-p:EmitCompilerGeneratedFiles=true",
    ];

    // Sources that the repository no longer has are deleted from a copy. The marker says that a folder is one, so that nobody else's sources are.
    private const string Marker = ".mutation-copy";

    /// <summary>Copies what git knows and does not ignore, changes that are not committed included. A file that is the same already is left alone, so a kept copy builds incrementally.</summary>
    /// <exception cref="MutationException">The folder is not for a copy: it holds other things, or the repository, or is a part of it.</exception>
    public static async Task<WorkingCopy> CreateAsync(string repository, string root, CancellationToken cancellationToken)
    {
        await ClaimAsync(repository, root, cancellationToken);
        var listed = await ToolRun.RunAsync("git", repository, ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], cancellationToken);
        var files = listed.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(repository, file))).ToHashSet();
        foreach (var file in files)
        {
            var target = Path.Combine(root, file);
            var content = await File.ReadAllBytesAsync(Path.Combine(repository, file), cancellationToken);
            var present = File.Exists(target) ? await File.ReadAllBytesAsync(target, cancellationToken) : null;
            if (present is null || !content.AsSpan().SequenceEqual(present))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await File.WriteAllBytesAsync(target, content, cancellationToken);
            }
        }

        foreach (var left in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(file => !files.Contains(Path.GetRelativePath(root, file).Replace('\\', '/')) && !IsBuilt(file)))
        {
            File.Delete(left);
        }

        return new WorkingCopy(root);
    }

    public string PathOf(string file) => Path.Combine(root, file);

    public Task BuildAsync(string suite, CancellationToken cancellationToken) =>
        ToolRun.RunAsync("dotnet", root, ["build", $"tests/{suite}", "--nologo", "--verbosity", "quiet", .. Faster], cancellationToken);

    /// <summary>How the compiler is called for a library of this copy.</summary>
    public async Task<MutatedLibrary> LoadLibraryAsync(string library, CancellationToken cancellationToken)
    {
        // The target is up to date; a missing output makes it run, and it hands the arguments over instead of compiling.
        var answer = await ToolRun.RunAsync(
            "dotnet",
            root,
            ["msbuild", $"src/{library}/{library}.csproj", "-t:Compile", "-p:ProvideCommandLineArgs=true", "-p:SkipCompilerExecution=true", "-p:DesignTimeBuild=true", "-p:BuildProjectReferences=false", "-p:NonExistentFile=none", "-getItem:CscCommandLineArgs", .. Faster],
            cancellationToken);
        return MutatedLibrary.Load(PathOf($"src/{library}"), library, CompilerArguments.Parse(answer));
    }

    /// <summary>The folder that a test project was built into, with copies of everything that it uses.</summary>
    public string OutputOf(string suite) => PathOf($"tests/{suite}/bin/Debug/net10.0");

    private static async Task ClaimAsync(string repository, string root, CancellationToken cancellationToken)
    {
        if (IsWithin(repository, root) || IsWithin(root, repository))
        {
            throw new MutationException($"{root} is in the repository {repository} or holds it: name a folder beside it for the copy.");
        }

        var marker = Path.Combine(root, Marker);
        if (File.Exists(marker))
        {
            return;
        }

        Directory.CreateDirectory(root);
        if (Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new MutationException($"{root} is not empty and has no {Marker}, so it is no copy that an earlier run has kept: name an empty folder or a new one.");
        }

        // Before anything is copied: a run that is stopped on the way leaves a copy, and the next run goes on with it.
        await File.WriteAllTextAsync(marker, $"A copy of {repository} for tests/Mutation. Each run deletes the *.cs files here that the repository does not have.\n", cancellationToken);
    }

    private static bool IsWithin(string folder, string path) => Path.GetRelativePath(folder, path) is var way && !Path.IsPathRooted(way) && way.Split(Path.DirectorySeparatorChar)[0] != "..";

    private static bool IsBuilt(string file) => file.Split(Path.DirectorySeparatorChar) is var parts && (parts.Contains("obj") || parts.Contains("bin"));
}
