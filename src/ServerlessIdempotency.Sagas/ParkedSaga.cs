namespace ServerlessIdempotency.Sagas;

/// <summary>A saga that waits for a person.</summary>
/// <param name="Address">Where it lives.</param>
/// <param name="Parking">The name of this parking; a saga that is parked again gets another.</param>
/// <param name="Saga">The saga, with the step, the reason and the moment.</param>
public sealed record ParkedSaga(SagaAddress Address, long Parking, SagaSnapshot Saga);
