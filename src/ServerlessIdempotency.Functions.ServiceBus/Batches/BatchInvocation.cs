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
internal sealed class BatchInvocation(BatchExecution execution, ILogger<BatchInvocation> logger)
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

        // What is done first. What is given back only then, in a session in its order.
        var pairs = messages.Zip(settlements).ToList();
        var settled = await Task.WhenAll(pairs.Where(pair => !ComesAgain(pair.Second)).Select(pair => TrySettleAsync(actions, pair.First, pair.Second)));
        failure ??= settled.FirstOrDefault(fault => fault is not null);
        foreach (var (message, settlement) in pairs.Where(pair => ComesAgain(pair.Second)))
        {
            var fault = await TrySettleAsync(actions, message, settlement);
            failure ??= fault;
        }

        if ((failure ?? settlements.Select(CauseOf).FirstOrDefault(cause => cause is not null)) is { } cause)
        {
            // So that the invocation counts as failed. The messages are settled already, and the host leaves them as they are.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private static bool ComesAgain(Settlement settlement) => settlement is Settlement.Abandon or Settlement.Release;

    private static Exception? CauseOf(Settlement settlement) => (settlement as Settlement.Abandon)?.Cause ?? (settlement as Settlement.DeadLetter)?.Cause;

    // Not by the host's token: what is committed is to be settled even while the host stops. One that fails leaves the others to be settled.
    private async Task<Exception?> TrySettleAsync(ServiceBusMessageActions actions, ServiceBusReceivedMessage message, Settlement settlement)
    {
        try
        {
            await (settlement switch
            {
                Settlement.Complete => actions.CompleteMessageAsync(message, CancellationToken.None),
                Settlement.DeadLetter letter => actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None),

                // The host keeps the session, so what is left as it is would be overtaken by what comes next.
                _ => actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None),
            });
            return null;
        }
        catch (Exception exception)
        {
            logger.SettlementFailed(message.MessageId, exception);
            return exception;
        }
    }
}
