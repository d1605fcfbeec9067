using Mutation.Copying;

namespace Mutation.Tests;

/// <summary>A copy drops the sources that the repository no longer has, and nobody else's.</summary>
public sealed class WorkingCopyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("working-copy-").FullName;

    private string Repository => Path.Combine(_folder, "repository");

    public async Task InitializeAsync()
    {
        Write("repository/src/Kept.cs");
        Write("repository/src/Gone.cs");
        await ToolRun.RunAsync("git", Repository, ["init", "--quiet"], default);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_that_was_kept_loses_what_the_repository_has_lost(bool isThere)
    {
        var copy = Path.Combine(_folder, "copy");
        if (isThere)
        {
            Directory.CreateDirectory(copy);
        }

        await WorkingCopy.CreateAsync(Repository, copy, default);
        File.Delete(Path.Combine(Repository, "src/Gone.cs"));

        await WorkingCopy.CreateAsync(Repository, copy, default);

        Assert.Equal(["Kept.cs"], Directory.EnumerateFiles(Path.Combine(copy, "src")).Select(Path.GetFileName));
    }

    // Guards the refusal in ClaimAsync.
    [Fact]
    public async Task A_folder_with_other_things_in_it_is_refused_and_left_as_it_is()
    {
        var source = Write("other/Mine.cs");

        var refusal = await Assert.ThrowsAsync<MutationException>(() => WorkingCopy.CreateAsync(Repository, Path.Combine(_folder, "other"), default));

        Assert.Contains("name an empty folder or a new one", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([source], Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "other"), "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("repository")]
    [InlineData("repository/")]
    [InlineData("repository/src/copy")]
    [InlineData("")]
    public async Task A_folder_in_the_repository_or_around_it_is_refused_even_with_a_marker(string folder)
    {
        Write(Path.Combine(folder, ".mutation-copy"));
        var mine = Write("Mine.cs");

        var refusal = await Assert.ThrowsAsync<MutationException>(() => WorkingCopy.CreateAsync(Repository, Path.Combine(_folder, folder), default));

        Assert.Contains("name a folder beside it", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(mine));
    }

    [Theory]
    [InlineData("repository-copy")]
    [InlineData("..copy")]
    public async Task A_folder_beside_the_repository_is_taken_however_it_is_called(string folder)
    {
        await WorkingCopy.CreateAsync(Repository, Path.Combine(_folder, folder), default);

        Assert.True(File.Exists(Path.Combine(_folder, folder, "src/Kept.cs")));
    }

    private string Write(string file)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "// a source");
        return path;
    }
}
