using System.Runtime.ExceptionServices;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>An invocation of a batched function: it runs, and then each message is settled.</summary>
internal sealed class BatchInvocation(BatchExecution execution, BatchSettlement settlement)
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

        var fault = await settlement.SettleAsync(actions, [.. messages.Zip(settlements)]);
        failure ??= fault;
        if ((failure ?? settlements.Select(CauseOf).FirstOrDefault(cause => cause is not null)) is { } cause)
        {
            // So that the invocation counts as failed. The messages are settled already, and the host leaves them as they are.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private static Exception? CauseOf(Settlement settlement) => (settlement as Settlement.Abandon)?.Cause ?? (settlement as Settlement.DeadLetter)?.Cause;
}
