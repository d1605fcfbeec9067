using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Settles each message of a batch by itself.</summary>
internal sealed class BatchSettlement(ILogger<BatchSettlement> logger)
{
    /// <returns>What the first settlement that failed ended with; null where none did.</returns>
    public async Task<Exception?> SettleAsync(ServiceBusMessageActions actions, IReadOnlyList<(ServiceBusReceivedMessage Message, Settlement Settlement)> batch)
    {
        // What is done first. What is given back only then, in a session in its order.
        var faults = await Task.WhenAll(batch.Where(one => !ComesAgain(one.Settlement)).Select(one => TrySettleAsync(actions, one.Message, one.Settlement)));
        var failure = faults.FirstOrDefault(fault => fault is not null);
        foreach (var (message, settlement) in batch.Where(one => ComesAgain(one.Settlement)))
        {
            var fault = await TrySettleAsync(actions, message, settlement);
            failure ??= fault;
        }

        return failure;
    }

    private static bool ComesAgain(Settlement settlement) => settlement is Settlement.Abandon or Settlement.Release;

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
