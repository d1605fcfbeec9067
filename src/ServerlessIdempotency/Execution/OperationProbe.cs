using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>
/// Asks the outside what became of an execution that ended without an answer. It runs under a claim of its own, so what the earlier execution still does is not stored. What it throws
/// counts as not known.
/// </summary>
/// <param name="context">The operation, with the stable keys that the earlier execution has used.</param>
/// <param name="cancellationToken">As a handler's.</param>
/// <returns>With what happened comes what the handler would have completed with: <see cref="HandlerOutcome.Completed"/>.</returns>
public delegate Task<ProbeOutcome<HandlerOutcome<OperationResult>>> OperationProbe(OperationContext context, CancellationToken cancellationToken);
