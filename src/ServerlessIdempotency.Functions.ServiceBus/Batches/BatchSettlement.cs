using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Settles each message of a batch by itself.</summary>
internal sealed class BatchSettlement(ILogger<BatchSettlement> logger)
{
    /// <param name="actions">Settle a message.</param>
    /// <param name="session">Closes the session of the batch; null where it has none, or none that can be closed.</param>
    /// <param name="batch">The messages, in their order.</param>
    public async Task<SettledBatch> SettleAsync(ServiceBusMessageActions actions, ServiceBusSessionMessageActions? session, IReadOnlyList<(ServiceBusReceivedMessage Message, Settlement Settlement)> batch)
    {
        // What is done first. What is given back only then, in a session in its order.
        var faults = await Task.WhenAll(batch.Where(one => !ComesAgain(one.Settlement)).Select(one => TrySettleAsync(actions, one.Message, one.Settlement)));
        var failure = faults.FirstOrDefault(fault => fault is not null);

        // The host closes the session once the function has ended. What is still locked then is free and uncounted, and what the host has received ahead is not brought before it.
        var isReleased = session is not null && batch.Any(one => ComesAgain(one.Settlement)) && await TryReleaseAsync(session, batch[0].Message.SessionId);
        foreach (var (message, settlement) in batch.Where(one => ComesAgain(one.Settlement) && !(isReleased && one.Settlement is Settlement.Release)))
        {
            var fault = await TrySettleAsync(actions, message, settlement);
            failure ??= fault;
        }

        return new SettledBatch(failure, isReleased && batch.Any(one => one.Settlement is Settlement.Release));
    }

    private static bool ComesAgain(Settlement settlement) => settlement is Settlement.Abandon or Settlement.Release;

    private async Task<bool> TryReleaseAsync(ServiceBusSessionMessageActions session, string sessionId)
    {
        try
        {
            await session.ReleaseSession(CancellationToken.None);
            return true;
        }
        catch (Exception exception)
        {
            logger.SessionNotReleased(sessionId, exception);
            return false;
        }
    }

    // Not by the host's token: what is committed is to be settled even while the host stops. One that fails leaves the others to be settled.
    private async Task<Exception?> TrySettleAsync(ServiceBusMessageActions actions, ServiceBusReceivedMessage message, Settlement settlement)
    {
        try
        {
            await (settlement switch
            {
                Settlement.Complete => actions.CompleteMessageAsync(message, CancellationToken.None),
                Settlement.DeadLetter letter => actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None),

                // The host keeps a session that is not released, so what is left as it is would be overtaken by what comes next.
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
