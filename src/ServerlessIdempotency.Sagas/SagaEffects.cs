using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>What is committed together with a transition of a saga.</summary>
public sealed record SagaEffects
{
    /// <summary>Nothing.</summary>
    public static SagaEffects None { get; } = new();

    /// <summary>Business rows of the saga's partition. None by default.</summary>
    public IReadOnlyList<RowWrite> Rows { get; init; } = [];

    /// <summary>Messages to send once the transition is committed. None by default.</summary>
    public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
}
