using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Decisions about an operation that do less, or more, than they say are found.</summary>
public sealed class AdministrationMistakeTests(ITestOutputHelper output)
{
    [Fact]
    public Task A_release_that_deletes_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under different keys.",
        AdministrationProofTests.Proof(
            process => new AdministeredApp(process, CrashPolicy.Rerun),
            (_, administration, found) => administration.ForgetAsync(found, new Decision("ada", "It took too long."), default)),
        output);

    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Block)]
    public Task A_release_that_fences_nobody_is_found(CrashPolicy policy) => Found.ByAsync(
        "the end: The payment is of attempt 1, and attempt 1 was released.",
        AdministrationProofTests.Proof(process => new AdministeredApp(process, policy), (app, _, found) => app.ReleaseWithoutFenceAsync(found)),
        output);

    [Fact]
    public Task A_result_that_is_written_over_whatever_stands_there_is_found() => Found.ByAsync(
        "was written over while it was still to be replayed.",
        AdministrationProofTests.Proof(process => new AdministeredApp(process, CrashPolicy.Block), (app, _, found) => app.ResolveBlindlyAsync(found)),
        output);
}
