namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>An effect that an outside service had.</summary>
/// <param name="Name">What was called.</param>
/// <param name="Key">The key that it was called with; null where it carried none.</param>
/// <param name="Operation">The operation on whose behalf it was called.</param>
/// <param name="Calls">How often it was called with that key.</param>
public sealed record OutsideEffect(string Name, string? Key, string Operation, int Calls);
