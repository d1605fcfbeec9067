using TestDoubles;

namespace Samples.Tests;

/// <summary>What the README and these pages show compiles and runs: it is a part of the samples, word for word.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("README.md", 2)]
    [InlineData("docs/batches.md", 2)]
    [InlineData("docs/crashes.md", 3)]
    [InlineData("docs/endpoints.md", 1)]
    [InlineData("docs/functions.md", 3)]
    [InlineData("docs/single-trip.md", 1)]
    public void Every_block_of_code_is_of_a_sample(string page, int count) => Compare(page, count, "samples");

    /// <summary>The proofs are no samples but tests, which run what the page shows.</summary>
    [Fact]
    public void Every_block_of_code_about_proofs_is_of_a_test() =>
        Compare("docs/proof.md", 3, "tests/ServerlessIdempotency.Testing.Tests/Example", "tests/ServerlessIdempotency.TableStorage.Tests/Proofs");

    private static void Compare(string page, int count, params string[] folders)
    {
        var blocks = File.ReadAllText(RepositoryFolder.PathOf(page)).Split("```csharp\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        var samples = folders.SelectMany(folder => Directory.GetFiles(RepositoryFolder.PathOf(folder), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText).ToArray();

        Assert.Equal(count, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(samples, sample => sample.Contains(block.TrimEnd(), StringComparison.Ordinal)));
    }
}
