using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>What begins a saga: commit it together with the business rows that it is about, for example in a <c>HandlerOutcome.Completed</c>.</summary>
/// <param name="Saga">The saga as it begins.</param>
/// <param name="Row">The saga's row.</param>
/// <param name="Messages">The first wake-up; none where no outbox is configured.</param>
public sealed record SagaStart(SagaSnapshot Saga, RowWrite Row, IReadOnlyList<OutboxMessage> Messages);
