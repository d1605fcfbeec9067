namespace ServerlessIdempotency.Sagas;

/// <summary>A saga that has not ended and that this process leaves alone.</summary>
/// <param name="Address">The saga.</param>
/// <param name="Why">What is unknown about it, or why it can't be read.</param>
public sealed record UnknownSaga(SagaAddress Address, string Why);
