using TestDoubles;

namespace Samples.Tests;

/// <summary>What the README and these pages show compiles and runs: it is a part of the samples, word for word.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("README.md", 2)]
    [InlineData("docs/crashes.md", 3)]
    [InlineData("docs/endpoints.md", 1)]
    [InlineData("docs/single-trip.md", 1)]
    public void Every_block_of_code_is_of_a_sample(string page, int count)
    {
        var blocks = File.ReadAllText(RepositoryFolder.PathOf(page)).Split("```csharp\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        var samples = Directory.GetFiles(RepositoryFolder.PathOf("samples"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();

        Assert.Equal(count, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(samples, sample => sample.Contains(block.TrimEnd(), StringComparison.Ordinal)));
    }
}
