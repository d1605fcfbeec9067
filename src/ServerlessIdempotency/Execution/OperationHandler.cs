namespace ServerlessIdempotency.Execution;

/// <summary>A handler: it executes an operation and decides what is committed.</summary>
/// <typeparam name="T">What the handler tells the caller whose call it runs for.</typeparam>
/// <param name="context">The operation, its stable keys and its steps.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up, when the claim is lost, when the lease ran out, or when the execution has taken <see cref="IdempotencyOptions.MaxExecution"/>.</param>
public delegate Task<HandlerOutcome<T>> OperationHandler<T>(OperationContext context, CancellationToken cancellationToken);
