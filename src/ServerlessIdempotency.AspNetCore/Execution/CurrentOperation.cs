using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>The operation of the request, in the request's scope, so that an endpoint can take an <see cref="OperationContext"/> as a parameter.</summary>
internal sealed class CurrentOperation
{
    public OperationContext? Context { get; set; }

    public OperationContext Required => Context ?? throw new InvalidOperationException(
        "No operation is executed here: OperationContext is available to endpoints with RequireIdempotencyKey(). Where a key is optional use HttpContext.GetOperation().");
}
