namespace ServerlessIdempotency.Sagas;

/// <summary>What a call to a step came to.</summary>
/// <param name="Next">The saga after it.</param>
/// <param name="Effects">What goes along.</param>
/// <param name="HasHappened">Whether the step said that it had its effect.</param>
internal readonly record struct SagaStepAnswer(SagaSnapshot Next, SagaEffects Effects, bool HasHappened);
