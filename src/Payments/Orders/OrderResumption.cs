using Microsoft.Extensions.Logging;
using Payments.Queues;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>
/// Goes on with orders whose wake-up became a dead letter, since storage was away for all of its deliveries or it waited past its time to live: no other
/// wake-up would follow. Each is advanced here, once a run; only then is the dead letter put back into its queue, where it is no longer needed and so completed.
/// One whose saga still can't go on stays a dead letter, for a person to see.
/// </summary>
public sealed class OrderResumption
{
    private readonly SagaRunner _sagas;
    private readonly IDeadLetters? _deadLetters;
    private readonly ILogger<OrderResumption> _logger;

    internal OrderResumption(SagaRunner sagas, IDeadLetters? deadLetters, ILogger<OrderResumption> logger)
    {
        _sagas = sagas;
        _deadLetters = deadLetters;
        _logger = logger;
    }

    /// <summary>Looks once at the oldest dead letters of the orders' queue.</summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>How many orders went on.</returns>
    /// <exception cref="BrokerUnavailableException">The broker did not answer; the next run looks again.</exception>
    public async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        if (_deadLetters is null)
        {
            return 0;
        }

        var resumed = 0;
        foreach (var letter in await _deadLetters.ListAsync(PaymentsQueues.Orders, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (letter.Subject == SagaWakeUp.Subject
                && SagaWakeUp.TryParse(System.Text.Encoding.UTF8.GetBytes(letter.Body)) is { } wakeUp
                && await TryAdvanceAsync(wakeUp, cancellationToken)
                && await _deadLetters.ResubmitAsync(PaymentsQueues.Orders, letter.SequenceNumber, cancellationToken))
            {
                _logger.OrderResumed(wakeUp.Id);
                resumed++;
            }
        }

        return resumed;
    }

    private async Task<bool> TryAdvanceAsync(SagaWakeUp wakeUp, CancellationToken cancellationToken)
    {
        try
        {
            // Too early, held by another, or not known here: the wake-up is still the only one, and is looked at again.
            return await _sagas.AdvanceAsync(wakeUp, cancellationToken)
                is not (SagaAdvanceOutcome.Waiting { IsLatestWakeUp: true } or SagaAdvanceOutcome.HeldElsewhere { IsLatestWakeUp: true } or SagaAdvanceOutcome.NotKnown);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or InvalidDataException or InvalidOperationException)
        {
            _logger.OrderNotResumed(wakeUp.Id, exception);
            return false;
        }
    }
}
