namespace ServerlessIdempotency.Execution;

/// <summary>
/// A handler whose only effects are the rows and messages that it returns: it may read, it may run more than once and beside another one, and it changes nothing by itself. A handler
/// with effects of its own is an <see cref="OperationHandler{T}"/>.
/// </summary>
/// <typeparam name="T">What the handler tells the caller whose call it runs for.</typeparam>
/// <param name="context">The operation. There is no step and no stable key: nothing outside can be called from here.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up, or when the execution has taken <see cref="IdempotencyOptions.MaxExecution"/>.</param>
public delegate Task<HandlerOutcome<T>> SingleTripHandler<T>(SingleTripContext context, CancellationToken cancellationToken);
