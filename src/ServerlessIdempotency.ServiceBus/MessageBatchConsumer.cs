using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Takes several messages in and says how each is settled, in their order.</summary>
/// <param name="messages">The messages, those of one session where the queue has sessions.</param>
/// <param name="cancellationToken">The app stops, or the messages' locks come to their end: what is done by then is settled as the consumer says.</param>
public delegate Task<IReadOnlyList<Settlement>> MessageBatchConsumer(IReadOnlyList<InboundMessage> messages, CancellationToken cancellationToken);
