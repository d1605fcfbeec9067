using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions;

/// <summary>Reaches the operation from an idempotent function.</summary>
public static class IdempotencyFunctionContextExtensions
{
    /// <summary>The operation that the running function executes, with its stable keys and steps; null where it runs without a key.</summary>
    /// <param name="context">The invocation.</param>
    public static OperationContext? GetOperation(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CurrentOperation.Find(context)?.Operation;
    }

    /// <summary>
    /// The token of the operation: cancelled when the claim is lost or its lease ran out. The <c>CancellationToken</c> parameter of a function knows only of the host's end.
    /// </summary>
    /// <param name="context">The invocation.</param>
    public static CancellationToken GetOperationToken(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return CurrentOperation.Find(context)?.Token ?? context.CancellationToken;
    }
}
