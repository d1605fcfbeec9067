using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>A probe as a class, for attributes: they hold no delegates. It is taken from the app's services, or made with them.</summary>
public interface IOperationProbe
{
    /// <summary>
    /// Asks the outside what became of an execution that ended without an answer. It runs under a claim of its own, so what the earlier execution still does is not stored. What it
    /// throws counts as not known.
    /// </summary>
    /// <param name="context">The operation, with the stable keys that the earlier execution has used.</param>
    /// <param name="cancellationToken">As a handler's.</param>
    /// <returns>With what happened comes what the handler would have completed with: <see cref="HandlerOutcome.Completed"/>.</returns>
    Task<ProbeOutcome<HandlerOutcome<OperationResult>>> ProbeAsync(OperationContext context, CancellationToken cancellationToken);
}
