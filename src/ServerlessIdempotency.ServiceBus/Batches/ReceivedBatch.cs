using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus.Batches;

/// <summary>Gives a consumer what was received, and settles each message as it says.</summary>
internal sealed class ReceivedBatch(string queue, MessageBatchConsumer consumer, TimeProvider timeProvider, ILogger logger)
{
    // Of what is left of the locks: the rest is for the commit in hand, for settling, and for a clock that differs from the broker's.
    private const double ShareOfLock = 0.75;

    /// <returns>Whether every message is settled for good: nothing of it comes again.</returns>
    public async Task<bool> ConsumeAsync(ServiceBusReceiver receiver, IReadOnlyList<ServiceBusReceivedMessage> messages, DateTimeOffset lockedUntil, CancellationToken stoppingToken)
    {
        var left = (lockedUntil - timeProvider.GetUtcNow()) * ShareOfLock;
        using var lockEnds = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lockEnds.Token);
        IReadOnlyList<Settlement> settlements;
        try
        {
            settlements = await consumer([.. messages.Select(message => message.ToInboundMessage())], limit.Token);
            if (settlements.Count != messages.Count)
            {
                throw new InvalidOperationException($"The consumer of {queue} settled {settlements.Count} of {messages.Count} messages.");
            }

            if (!stoppingToken.IsCancellationRequested)
            {
                settlements = [.. settlements.Select(settlement => settlement.WhereLockEnds())];
            }
        }
        catch (Exception exception)
        {
            logger.ConsumerInterrupted(queue, exception);
            settlements = [.. messages.Select((message, index) => stoppingToken.IsCancellationRequested || (message.SessionId is not null && index > 0)
                ? new Settlement.Release("The consumer was interrupted.")
                : (Settlement)new Settlement.Abandon { Cause = exception })];
        }

        // What is done first: whatever happens later, it does not come again.
        var isSettled = await SettleAsync(settlement => settlement is Settlement.Complete or Settlement.DeadLetter);
        var comesAgain = settlements.Any(settlement => settlement is Settlement.Abandon or Settlement.Release);
        if (comesAgain)
        {
            await SettleAsync(settlement => settlement is Settlement.Abandon or Settlement.Release);
        }

        return isSettled && !comesAgain;

        async Task<bool> SettleAsync(Func<Settlement, bool> which) =>
            (await Task.WhenAll(messages.Zip(settlements).Where(pair => which(pair.Second)).Select(pair => TrySettleAsync(receiver, pair.First, pair.Second)))).All(settled => settled);
    }

    // Not by the app's token: what is committed is to be settled even while the app stops, or it only comes again.
    private async Task<bool> TrySettleAsync(ServiceBusReceiver receiver, ServiceBusReceivedMessage message, Settlement settlement)
    {
        try
        {
            await (settlement switch
            {
                Settlement.Complete => receiver.CompleteMessageAsync(message, CancellationToken.None),
                Settlement.DeadLetter letter => receiver.DeadLetterMessageAsync(message, letter.Reason, letter.Description, CancellationToken.None),

                // Its session is closed after this, which gives it back uncounted.
                Settlement.Release when receiver is ServiceBusSessionReceiver => Task.CompletedTask,
                _ => receiver.AbandonMessageAsync(message, propertiesToModify: null, CancellationToken.None),
            });
            return true;
        }
        catch (Exception exception) when (exception is ServiceBusException or OperationCanceledException or InvalidOperationException)
        {
            // It comes again, and its consumer knows what it has applied.
            logger.LockLost(queue, exception.Message);
            return false;
        }
    }
}
