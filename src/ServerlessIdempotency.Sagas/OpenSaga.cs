using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>The row by which the sweeper finds a saga that has not ended.</summary>
/// <param name="Row">The row.</param>
/// <param name="Saga">The saga.</param>
/// <param name="Transition">The saga's transition at the last look.</param>
/// <param name="Looks">How often it was looked at in vain since then.</param>
/// <param name="App">Whose saga it is; null for the app without a name.</param>
internal sealed record OpenSaga(Row Row, SagaAddress Saga, long Transition, int Looks, string? App = null);
