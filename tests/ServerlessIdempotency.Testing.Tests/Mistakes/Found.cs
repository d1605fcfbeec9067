using System.Globalization;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Demands that a proof finds a mistake, and that one and no other, tells it shortly, and can replay it.</summary>
internal static class Found
{
    /// <param name="violation">What the first violation must say.</param>
    /// <param name="proof">A proof over what has the mistake.</param>
    /// <param name="output">Where the story and the time go.</param>
    public static async Task<ProofFailedException> ByAsync<TApp>(string violation, IdempotencyProof<TApp> proof, ITestOutputHelper output)
        where TApp : class
    {
        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine(failure.Message);
        Assert.NotNull(failure.Report);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Found after {failure.Report.Duration.TotalSeconds:0.000} s: {failure.Report}"));
        Assert.Contains(violation, failure.Violations[0], StringComparison.Ordinal);
        Assert.True(failure.Message.Split('\n').Length < 15, "The story is too long.");
        Assert.Contains($"ReplayAsync(\"{failure.Schedule}\")", failure.Message, StringComparison.Ordinal);
        var again = await Assert.ThrowsAsync<ProofFailedException>(() => proof.ReplayAsync(failure.Schedule));
        Assert.Equal(failure.Violations.Count, again.Violations.Count);
        return failure;
    }
}
