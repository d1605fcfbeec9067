namespace ServerlessIdempotency.Inbox.DeadLetters;

/// <summary>The dead-letter queues of the broker. A package that knows the broker registers one.</summary>
public interface IDeadLetters
{
    /// <summary>The oldest dead letters of a queue, in order. Nothing is locked or changed.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BrokerUnavailableException">The broker did not answer.</exception>
    Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Puts a dead letter back into its queue. Consumers know an event by its own id, so what was applied before is not applied again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="sequenceNumber">The dead letter's number.</param>
    /// <param name="cancellationToken">Stops before the message is put back.</param>
    /// <returns>False where there is no such dead letter (any more).</returns>
    /// <exception cref="BrokerUnavailableException">The broker did not answer; trying again is harmless.</exception>
    Task<bool> ResubmitAsync(string queue, long sequenceNumber, CancellationToken cancellationToken);

    /// <summary>Takes a dead letter away for good.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="sequenceNumber">The dead letter's number.</param>
    /// <param name="keep">Writes down what is lost before it is taken away. It runs again where an attempt died in between; where it throws, the letter stays.</param>
    /// <param name="cancellationToken">Stops before the message is taken away.</param>
    /// <returns>False where there is no such dead letter (any more), or someone holds it.</returns>
    /// <exception cref="BrokerUnavailableException">The broker did not answer; trying again is harmless.</exception>
    Task<bool> DiscardAsync(string queue, long sequenceNumber, Func<DeadLetter, CancellationToken, Task> keep, CancellationToken cancellationToken);
}
