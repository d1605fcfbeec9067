using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A caller that tries until it has a final answer.</summary>
/// <param name="Name">The caller.</param>
/// <param name="Operation">Which operation it calls; callers of one operation are told the same.</param>
/// <param name="Process">Callers that name the same process meet in it; null for one of its own.</param>
/// <param name="MayGiveUp">Whether its callers may give up in the middle.</param>
/// <param name="Attempt">One attempt.</param>
internal sealed record PlannedCall(string Name, string Operation, string? Process, bool MayGiveUp, Func<object, CancellationToken, Task<ProofAnswer>> Attempt);
