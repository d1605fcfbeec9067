using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A consumer of a queue.</summary>
/// <param name="Consume">Consumes one delivery.</param>
/// <param name="Operation">On whose behalf a message is consumed.</param>
internal sealed record PlannedConsumer(Func<object, InboundMessage, Task<Settlement>> Consume, Func<InboundMessage, string?>? Operation);
