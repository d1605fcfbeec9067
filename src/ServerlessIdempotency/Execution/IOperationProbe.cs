using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>An <see cref="OperationProbe"/> as a class, for attributes: they hold no delegates. It is taken from the app's services, or made with them.</summary>
public interface IOperationProbe
{
    /// <inheritdoc cref="OperationProbe"/>
    Task<ProbeOutcome<HandlerOutcome<OperationResult>>> ProbeAsync(OperationContext context, CancellationToken cancellationToken);
}
