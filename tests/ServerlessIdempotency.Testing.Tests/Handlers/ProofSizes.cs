using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>How much of a proof is tried where the default would take too long.</summary>
internal static class ProofSizes
{
    /// <summary>One fault and one switch of the order at a time, and some random schedules with more.</summary>
    public static IdempotencyProof<TApp> OneDeviationAtATime<TApp>(this IdempotencyProof<TApp> proof)
        where TApp : class
    {
        (proof.Options.Faults, proof.Options.Switches, proof.Options.Samples) = (1, 1, 50);
        return proof;
    }
}
