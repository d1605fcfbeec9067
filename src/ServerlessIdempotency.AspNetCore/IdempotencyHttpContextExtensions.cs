using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>Reaches the operation from an endpoint.</summary>
public static class IdempotencyHttpContextExtensions
{
    /// <summary>The operation that the running endpoint executes, with its stable keys and steps; null where it runs without a key.</summary>
    /// <remarks>An endpoint that requires a key may take an <see cref="OperationContext"/> as a parameter instead: it is registered as a service.</remarks>
    /// <param name="context">The request.</param>
    public static OperationContext? GetOperation(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<OperationContext>();
    }
}
