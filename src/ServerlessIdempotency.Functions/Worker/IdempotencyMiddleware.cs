using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessIdempotency.Functions.Principals;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stands before every function; those without <see cref="IdempotentAttribute"/> just run.</summary>
internal sealed class IdempotencyMiddleware(FunctionCatalog catalog, FunctionKeyPlace keys) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        keys.Mark(context);
        if (await catalog.FindAsync(context.FunctionDefinition) is { } function)
        {
            await function.Trigger!.InvokeAsync(context, next, function.Settings);
        }
        else
        {
            await next(context);
        }
    }
}
