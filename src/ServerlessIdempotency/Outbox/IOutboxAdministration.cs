using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>What a person does about messages that could not be sent.</summary>
public interface IOutboxAdministration
{
    /// <summary>Lists the messages that were given up, with their errors. None is ever removed by itself.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<ParkedMessage> ListParkedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists the messages that were committed so long ago and are neither sent nor given up: they go out by themselves once the broker takes them. It reads all unsent messages of the
    /// partitions that may have some, one after another: for people, not for a timer.
    /// </summary>
    /// <param name="olderThan">How long ago at least.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<WaitingMessage> ListWaitingAsync(TimeSpan olderThan, CancellationToken cancellationToken);

    /// <summary>Puts a parked message back, with its count of attempts reset; the next sweep sends it.</summary>
    /// <param name="address">The row that holds it.</param>
    /// <param name="cancellationToken">Stops waiting; the message may be back.</param>
    /// <returns>False where there is no such parked message (any more).</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked; try again.</exception>
    Task<bool> RetryAsync(RowAddress address, CancellationToken cancellationToken);
}
