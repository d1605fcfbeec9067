using TestDoubles;

namespace Samples.Tests;

/// <summary>What the README shows compiles and runs: it is a part of the samples, word for word.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_block_of_code_is_of_a_sample()
    {
        var blocks = File.ReadAllText(RepositoryFolder.PathOf("README.md")).Split("```csharp\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToArray();
        var samples = Directory.GetFiles(RepositoryFolder.PathOf("samples"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();

        Assert.Equal(2, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(samples, sample => sample.Contains(block.TrimEnd(), StringComparison.Ordinal)));
    }
}
