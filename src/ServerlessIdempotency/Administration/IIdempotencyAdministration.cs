using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Administration;

/// <summary>What a person sees of stored operations and does about them.</summary>
/// <remarks>
/// A change is one transaction with a row that says who and why. It is made to the version of the record that was read, and fences whoever still executes the operation. Every instance
/// sees it at its next look into the store; one that replays from its local cache does within <see cref="IdempotencyOptions.LocalCacheAge"/>.
/// </remarks>
public interface IIdempotencyAdministration
{
    /// <summary>Finds an operation by its scope and key. One round trip.</summary>
    /// <param name="scope">Whose and which.</param>
    /// <param name="key">The key.</param>
    /// <param name="placement">Where the operation has its record.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null where there is none, or it has expired.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    Task<OperationRecord?> FindAsync(OperationScope scope, IdempotencyKey key, RecordPlacement placement, CancellationToken cancellationToken);

    /// <summary>
    /// Lists operations of a table that are in progress and began a while ago, those whose executor died among them. The store reads the whole table: a request for each thousand rows or
    /// so, found or not.
    /// </summary>
    /// <param name="table">The table, such as <see cref="IdempotencyOptions.TableName"/>.</param>
    /// <param name="age">How long ago they began at least.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <exception cref="InvalidOperationException">The store can't list by a column.</exception>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<OperationRecord> ListInProgressAsync(string table, TimeSpan age, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the unknown outcomes of all tables: those that somebody has met, and of parked operations also those that nobody has. By an index: 16 requests, and one for each of them
    /// and for each parked operation in progress. Notes of what is answered by now are removed on the way.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<OperationRecord> ListUnknownAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lets the next attempt run the handler, with the recorded steps and the same stable keys. Whoever still executes the operation is fenced: what it does from now on is not stored,
    /// but an outside effect of it may still happen.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the change may have happened.</exception>
    Task<DecisionOutcome> ReleaseAsync(OperationRecord record, Decision decision, CancellationToken cancellationToken);

    /// <summary>Commits a result for an operation whose outcome was found out, or decided: callers get it from now on, for the retention.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the change may have happened.</exception>
    Task<DecisionOutcome> ResolveAsync(OperationRecord record, OperationResult result, Decision decision, CancellationToken cancellationToken);

    /// <summary>Deletes the record, as if the call had never been: the next attempt is a new operation, with new stable keys.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the change may have happened.</exception>
    Task<DecisionOutcome> ForgetAsync(OperationRecord record, Decision decision, CancellationToken cancellationToken);

    /// <summary>Lists what was decided about a record, oldest first.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<RecordedDecision> ListDecisionsAsync(RowAddress record, CancellationToken cancellationToken);
}
