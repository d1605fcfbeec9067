using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;

namespace Payments.Functions.Startup;

/// <summary>
/// Waits after a function until the messages that were committed so far have been tried, since the host may freeze the process between two invocations. The wait
/// is short: no caller is to wait for a broker that is away, and what is left behind is the sweeper's. A function that only reads has committed nothing and waits for nothing.
/// </summary>
internal sealed class OutboxMiddleware(OutboxDispatcher dispatcher, TimeProvider timeProvider, ILogger<OutboxMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (!IsRead(context))
            {
                await DrainAsync(context);
            }
        }
    }

    private static bool IsRead(FunctionContext context) => context.GetHttpContext()?.Request.Method is { } method && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    private async Task DrainAsync(FunctionContext context)
    {
        using var patience = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.CancellationToken);
        try
        {
            await dispatcher.DrainAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            logger.OutboxNotDrained(context.FunctionDefinition.Name);
        }
    }
}
