using ServerlessIdempotency.Inbox;

namespace Payments.LocalHost.Messaging;

/// <summary>A queue and what takes its messages.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="ConsumeAsync">Applies a message and says how it is settled.</param>
internal sealed record QueueConsumer(string Queue, Func<InboundMessage, CancellationToken, Task<Settlement>> ConsumeAsync);
