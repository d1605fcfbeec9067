using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>What goes wrong about the bound of an execution is found.</summary>
public sealed class MaxExecutionMistakeTests(ITestOutputHelper output)
{
    [Fact]
    public Task A_lease_that_is_renewed_for_as_long_as_the_handler_takes_is_found() => Found.ByAsync(
        "B never got a final answer",
        CrashPolicyProofTests.Proof(process => new PolicyApp(process, CrashPolicy.Rerun) { IsRepeatable = true, MaxExecution = TimeSpan.FromHours(1), Takes = TimeSpan.FromMinutes(59) }),
        output);

    [Fact]
    public Task Rerunning_at_the_bound_what_can_not_be_repeated_is_found() => Found.ByAsync(
        "'charge' had 2 effects for k-1, under no key.",
        MaxExecutionProofTests.Proof(process => MaxExecutionProofTests.Slow(process, CrashPolicy.Rerun, isRepeatable: false)),
        output);

    [Fact]
    public Task Taking_a_handler_that_took_too_long_for_one_that_stopped_is_found() => Found.ByAsync(
        "One payment: 2 payments.",
        new IdempotencyProof<BoundWithoutFence>(process => new BoundWithoutFence(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("One payment", NaiveApp.OnePaymentAsync),
        output);
}
