using Amqp;
using Payments.Queues;

namespace Payments.LocalHost.Messaging;

/// <summary>
/// Takes the messages of one queue, several sessions at the same time and one message of each, and connects again after the broker was away.
/// </summary>
internal sealed class AmqpQueueReceiver(string queue, QueueMessages messages, Amqp.Address address, TimeProvider timeProvider, ILogger<AmqpQueueReceiver> logger) : BackgroundService
{
    private const int ConcurrentSessions = 8;

    // How long a session that ran dry is kept: with more sessions than receivers, a longer one makes others wait.
    private static readonly TimeSpan SessionIdle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private bool _isBrokerAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var connection = new BusConnection(address);
        await Task.WhenAll(Enumerable.Range(0, ConcurrentSessions).Select(_ => Task.Run(() => RunAsync(connection, stoppingToken), CancellationToken.None)));
    }

    private static TimeSpan PauseAfter(int failures)
    {
        // Beyond a few doublings it is the longest one anyway, and must not overflow.
        var pause = FirstPause * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    private async Task RunAsync(BusConnection connection, CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var connected = await connection.GetAsync(stoppingToken);
                if (Interlocked.Exchange(ref _isBrokerAway, false))
                {
                    logger.BrokerBack(queue);
                }

                await using var session = await AcceptedSession.AcceptNextAsync(connected, queue, AcceptPatience, stoppingToken);
                failures = 0;
                if (session is not null)
                {
                    await ConsumeAsync(session, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (BusFailure.IsOne(exception))
            {
                // Every receiver of the queue meets it, and meets it again until the broker is back: it is told once.
                if (!Interlocked.Exchange(ref _isBrokerAway, true))
                {
                    logger.BrokerAway(queue, exception.Message);
                }

                await PauseAsync(++failures, stoppingToken);
            }
            catch (Exception exception)
            {
                // Whatever it was, the queue must go on being served. The message comes again when its lock ends.
                logger.ReceiverInterrupted(queue, exception);
                await PauseAsync(++failures, stoppingToken);
            }
        }
    }

    private async Task ConsumeAsync(AcceptedSession session, CancellationToken stoppingToken)
    {
        using var kept = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var keeping = session.KeepAsync(timeProvider, logger, kept.Token);
        try
        {
            while (!stoppingToken.IsCancellationRequested && await session.ReceiveAsync(SessionIdle, stoppingToken) is { } message)
            {
                await ConsumeAsync(session, message, stoppingToken);
            }
        }
        finally
        {
            await kept.CancelAsync();
            await keeping;
        }
    }

    private async Task ConsumeAsync(AcceptedSession session, Message message, CancellationToken stoppingToken)
    {
        try
        {
            session.Settle(message, await messages.ReceiveAsync(queue, BusMessages.ToInbound(message), stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            if (!session.IsLost)
            {
                session.Release(message);
            }

            throw;
        }
    }

    private async Task PauseAsync(int failures, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(PauseAfter(failures), timeProvider, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The loop ends at its own check.
        }
    }
}
