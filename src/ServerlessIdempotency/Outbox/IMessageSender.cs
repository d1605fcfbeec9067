namespace ServerlessIdempotency.Outbox;

/// <summary>The way to the broker: the one thing that the outbox asks of it.</summary>
public interface IMessageSender
{
    /// <summary>
    /// Hands one message to the broker and waits until it has it. The same message may come again after a crash or a lost reply, always under the same id.
    /// Messages of one session are sent one after another; those of others may come at the same time.
    /// </summary>
    /// <returns>What became of it. An exception counts as <see cref="SendOutcome.Failed"/>.</returns>
    Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken);
}
