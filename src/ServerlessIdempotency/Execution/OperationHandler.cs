namespace ServerlessIdempotency.Execution;

/// <summary>A handler: it executes an operation and decides what is committed.</summary>
/// <param name="context">The operation, its stable keys and its steps.</param>
/// <param name="cancellationToken">Cancelled when the caller gives up, when the claim is lost or when the lease ran out.</param>
public delegate Task<HandlerOutcome> OperationHandler(OperationContext context, CancellationToken cancellationToken);
