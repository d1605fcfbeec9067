using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>An answer that is redacted too late is found.</summary>
public sealed class HookMistakeTests(ITestOutputHelper output)
{
    [Fact]
    public Task Redacting_after_storing_is_found() => Found.ByAsync(
        "no token is stored: It is.",
        new IdempotencyProof<RedactsAfterStoring>(process => new RedactsAfterStoring(process))
            .Call("A", "k-1", app => app.CreateAsync())
            .Invariant("no token is stored", RedactsAfterStoring.NoTokenIsStoredAsync),
        output);

    [Fact]
    public Task Redacting_on_replay_only_is_found() => Found.ByAsync(
        "no token is stored: The token is stored in idem|.",
        HookProofTests.Proof(process => new HookedApp(process, redactsOnReplayOnly: true)),
        output);
}
