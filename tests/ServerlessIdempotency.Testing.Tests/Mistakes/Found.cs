using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Demands that a proof finds a mistake, tells it shortly, and can replay it.</summary>
internal static class Found
{
    public static async Task<ProofFailedException> ByAsync<TApp>(IdempotencyProof<TApp> proof, ITestOutputHelper output)
        where TApp : class
    {
        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine(failure.Message);
        output.WriteLine($"Found after: {failure.Report}");
        Assert.True(failure.Message.Split('\n').Length < 15, "The story is too long.");
        Assert.Contains($"ReplayAsync(\"{failure.Schedule}\")", failure.Message, StringComparison.Ordinal);
        var again = await Assert.ThrowsAsync<ProofFailedException>(() => proof.ReplayAsync(failure.Schedule));
        Assert.Equal(failure.Violations.Count, again.Violations.Count);
        return failure;
    }
}
