using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>What goes wrong between a queue and its consumer, each said once: every receiver of the queue meets a broker that is away, until it is back.</summary>
internal sealed class ReceiveErrors(string queue, ILogger logger)
{
    private int _isBrokerAway;

    /// <summary>A message came, so the broker is there.</summary>
    public void Received()
    {
        if (Interlocked.Exchange(ref _isBrokerAway, 0) == 1)
        {
            logger.BrokerBack(queue);
        }
    }

    public Task FailedAsync(ProcessErrorEventArgs args)
    {
        if (args.Exception is not OperationCanceledException || !args.CancellationToken.IsCancellationRequested)
        {
            Failed(args.Exception);
        }

        return Task.CompletedTask;
    }

    public void Failed(Exception exception)
    {
        // A lock that was lost brings its message again, and its consumer knows it.
        if (exception is ServiceBusException { Reason: ServiceBusFailureReason.MessageLockLost or ServiceBusFailureReason.SessionLockLost } lost)
        {
            logger.LockLost(queue, lost.Message);
        }
        else if (SendFailure.IsBrokerAway(exception))
        {
            if (Interlocked.Exchange(ref _isBrokerAway, 1) == 0)
            {
                logger.BrokerAway(queue, exception.Message);
            }
        }
        else
        {
            logger.ConsumerInterrupted(queue, exception);
        }
    }
}
