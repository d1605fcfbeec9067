using TestDoubles;

namespace ServerlessIdempotency.Testing.Tests.Example;

public sealed class DocsTests
{
    [Fact]
    public void The_example_in_the_docs_is_the_one_that_is_run()
    {
        var example = File.ReadAllText(RepositoryFolder.PathOf("tests/ServerlessIdempotency.Testing.Tests/Example/PaymentProof.cs"));
        var shown = File.ReadAllText(RepositoryFolder.PathOf("docs/proof.md"));

        Assert.Contains(example[example.IndexOf("public sealed class", StringComparison.Ordinal)..], shown, StringComparison.Ordinal);
    }
}
