using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Takes a message in and says how it is settled.</summary>
/// <param name="message">The message.</param>
/// <param name="cancellationToken">The app stops, or the message's lock is lost: a consumer that ends by this token leaves the message to its next consumer.</param>
public delegate Task<Settlement> MessageConsumer(InboundMessage message, CancellationToken cancellationToken);
