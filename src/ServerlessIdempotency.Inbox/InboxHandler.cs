namespace ServerlessIdempotency.Inbox;

/// <summary>
/// Decides what an event changes. Its only effects are the rows and messages that it returns: it may read, it may run more than once, and it changes
/// nothing by itself. A handler with effects of its own goes through <see cref="MessageInbox.ExecuteAsync"/>.
/// </summary>
/// <param name="context">The event.</param>
/// <param name="cancellationToken">Cancelled when the host gives the message up.</param>
public delegate Task<InboxDecision> InboxHandler(InboxContext context, CancellationToken cancellationToken);
