namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>One way in which what is done at a point fails.</summary>
/// <typeparam name="T">What the process gets back.</typeparam>
/// <param name="Name">What happens, as it reads in a story: "the reply is lost".</param>
/// <param name="Happens">Whether the effect happens all the same.</param>
/// <param name="Answer">What the process gets; mostly it throws.</param>
public sealed record ProofFailure<T>(string Name, bool Happens, Func<Task<T>> Answer);
