using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Operations without a claim: both may run, one commits.</summary>
public sealed class SingleTripProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_callers_of_one_operation_in_single_trips() =>
        output.WriteLine((await Proof(process => new SingleTripApp(process)).RunAsync()).ToString());

    [Fact]
    public async Task Two_operations_on_the_same_row_in_single_trips() =>
        output.WriteLine((await new IdempotencyProof<SingleTripApp>(process => new SingleTripApp(process))
            .Call("A", "k-1", app => app.AddAsync())
            .Call("B", "k-2", app => app.AddAsync("k-2"))
            .Invariant("added twice", end => SingleTripApp.IsAddedAsync(end, 2))
            .RunAsync()).ToString());

    /// <summary>Law 13: one operation, reached by a handler that claims and by one that does not.</summary>
    [Fact]
    public async Task One_operation_with_a_claim_and_in_a_single_trip() =>
        output.WriteLine((await new IdempotencyProof<SingleTripApp>(process => new SingleTripApp(process))
            .Call("A", "k-1", app => app.AddAsync())
            .Call("B", "k-1", app => app.AddClaimedAsync())
            .Invariant("added once", end => SingleTripApp.IsAddedAsync(end, 1))
            .RunAsync()).ToString());

    internal static IdempotencyProof<SingleTripApp> Proof(Func<ProofProcess, SingleTripApp> start) => new IdempotencyProof<SingleTripApp>(start)
        .Call("A", "k-1", app => app.AddAsync())
        .Call("B", "k-1", app => app.AddAsync())
        .Invariant("added once", end => SingleTripApp.IsAddedAsync(end, 1));
}
