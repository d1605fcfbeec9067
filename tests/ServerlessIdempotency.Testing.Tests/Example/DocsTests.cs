namespace ServerlessIdempotency.Testing.Tests.Example;

public sealed class DocsTests
{
    [Fact]
    public void The_example_in_the_docs_is_the_one_that_is_run()
    {
        var example = File.ReadAllText(Path.Combine(Root(), "tests/ServerlessIdempotency.Testing.Tests/Example/PaymentProof.cs"));
        var shown = File.ReadAllText(Path.Combine(Root(), "docs/proof.md"));

        Assert.Contains(example[example.IndexOf("public sealed class", StringComparison.Ordinal)..], shown, StringComparison.Ordinal);
    }

    // Not by the path that the compiler knows: a deterministic build replaces its beginning.
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ServerlessIdempotency.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No folder above the test assembly holds ServerlessIdempotency.sln.");
        }

        return folder.FullName;
    }
}
