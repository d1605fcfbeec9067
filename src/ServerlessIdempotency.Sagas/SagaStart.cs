using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>What begins a saga: commit it together with the business rows that it is about, for example in a <c>HandlerOutcome.Completed</c>.</summary>
/// <param name="Saga">The saga as it begins.</param>
/// <param name="Rows">The saga's row, and where an outbox is configured one that names it to the <see cref="SagaSweeper"/>.</param>
/// <param name="Messages">The first wake-up; none where no outbox is configured.</param>
public sealed record SagaStart(SagaSnapshot Saga, IReadOnlyList<RowWrite> Rows, IReadOnlyList<OutboxMessage> Messages);
