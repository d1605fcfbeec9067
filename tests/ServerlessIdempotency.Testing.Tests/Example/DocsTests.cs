using System.Runtime.CompilerServices;

namespace ServerlessIdempotency.Testing.Tests.Example;

public sealed class DocsTests
{
    [Fact]
    public void The_example_in_the_docs_is_the_one_that_is_run()
    {
        var example = File.ReadAllText(Path.Combine(Folder(), "PaymentProof.cs"));
        var shown = File.ReadAllText(Path.Combine(Folder(), "../../../docs/proof.md"));
        Assert.Contains(example[example.IndexOf("public sealed class", StringComparison.Ordinal)..], shown, StringComparison.Ordinal);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
