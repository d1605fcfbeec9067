using System.Runtime.ExceptionServices;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>An invocation of a batched function: it runs, and then each message is settled.</summary>
internal sealed class BatchInvocation(BatchExecution execution, BatchSettlement settlement, BatchSession sessions, ILogger<BatchInvocation> logger)
{
    public async Task InvokeAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function, ServiceBusReceivedMessage[] messages, ServiceBusMessageActions actions)
    {
        // Messages of a session say nothing of its lock.
        var lockedUntil = messages.Min(message => message.LockedUntil);
        var (settlements, failure) = await execution.ExecuteAsync(
            [.. messages.Select(message => message.ToInboundMessage())],
            lockedUntil == default ? null : lockedUntil,
            function,
            async batch =>
            {
                context.Items[typeof(MessageBatch)] = batch;
                try
                {
                    await next(context);
                }
                finally
                {
                    context.Items.Remove(typeof(MessageBatch));
                    context.GetInvocationResult().Value = null;
                }
            },
            context.CancellationToken);

        var settled = await settlement.SettleAsync(actions, await sessions.FindAsync(context), [.. messages.Zip(settlements)]);
        if ((failure ?? settled.Fault ?? settlements.Select(CauseOf).FirstOrDefault(cause => cause is not null)) is not { } cause)
        {
            return;
        }

        // Of an invocation that failed the host abandons whatever is not settled, before it closes the session.
        if (settled.IsHeldBack)
        {
            logger.BatchFailed(context.FunctionDefinition.Name, cause);
            return;
        }

        // So that the invocation counts as failed. The messages are settled already, and the host leaves them as they are.
        ExceptionDispatchInfo.Throw(cause);
    }

    private static Exception? CauseOf(Settlement settlement) => (settlement as Settlement.Abandon)?.Cause ?? (settlement as Settlement.DeadLetter)?.Cause;
}
