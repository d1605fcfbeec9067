using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A consumer that takes several messages of a queue at once.</summary>
/// <param name="Consume">Consumes one batch.</param>
/// <param name="MaxMessages">The most messages of a batch.</param>
internal sealed record PlannedBatchConsumer(Func<object, IReadOnlyList<InboundMessage>, Task<IReadOnlyList<Settlement>>> Consume, int MaxMessages);
