using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ServerlessIdempotency.Inbox;

namespace Payments.LocalHost.Messaging;

/// <summary>A session of a queue that this host holds: its messages come here alone, in their order, one at a time.</summary>
internal sealed class AcceptedSession : IAsyncDisposable
{
    private static readonly Symbol SessionFilter = "com.microsoft:session-filter";
    private static readonly Symbol LockedUntil = "com.microsoft:locked-until-utc";
    private static readonly Symbol AcceptTimeout = "com.microsoft:timeout";

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly string _queue;
    private readonly ReceiverLink _link;
    private DateTimeOffset _lockedUntil;

    private AcceptedSession(string queue, ReceiverLink link, string id, DateTimeOffset lockedUntil)
    {
        _queue = queue;
        _link = link;
        Id = id;
        _lockedUntil = lockedUntil;
    }

    public string Id { get; }

    public bool IsLost => _link.IsClosed;

    /// <summary>Waits for the next session that has messages and that nobody holds.</summary>
    /// <returns>Null where none came in time.</returns>
    /// <exception cref="AmqpException">The broker refused, or the connection was lost.</exception>
    public static async Task<AcceptedSession?> AcceptNextAsync(Connection connection, string queue, TimeSpan patience, CancellationToken cancellationToken)
    {
        var attached = new TaskCompletionSource<(string Id, DateTimeOffset LockedUntil)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var attach = new Attach
        {
            Source = new Source { Address = queue, FilterSet = new Map { [SessionFilter] = null } },
            Target = new Target { Address = "consumer" },
            SndSettleMode = SenderSettleMode.Unsettled,
            RcvSettleMode = ReceiverSettleMode.Second,
            Properties = new Fields { [AcceptTimeout] = (uint)patience.TotalMilliseconds },
        };
        var link = new ReceiverLink(new Session(connection), $"receiver-{Guid.NewGuid():N}", attach, (_, answer) =>
        {
            // A refusal answers the attach without a session and says why in the detach that follows.
            if ((answer.Source as Source)?.FilterSet?[SessionFilter] is string id)
            {
                attached.TrySetResult((id, answer.Properties?[LockedUntil] is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : DateTimeOffset.MaxValue));
            }
        });
        link.AddClosedCallback((_, error) => attached.TrySetException(new AmqpException(error ?? new Error(ErrorCode.ConnectionForced) { Description = "The connection was lost." })));
        try
        {
            var (id, lockedUntil) = await attached.Task.WaitAsync(cancellationToken);
            return new AcceptedSession(queue, link, id, lockedUntil);
        }
        catch (AmqpException exception) when (exception.Error?.Condition?.ToString() == BusFailure.Timeout)
        {
            await CloseAsync(link);
            return null;
        }
        catch
        {
            await CloseAsync(link);
            throw;
        }
    }

    /// <returns>Null where the session ran dry, or was lost.</returns>
    public async Task<Message?> ReceiveAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        // One at a time: what waits in a buffer here would lose its lock unseen.
        _link.SetCredit(1, autoRestore: false);
        return await _link.ReceiveAsync(patience).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Settles a message without waiting for the broker's word. A lock that was lost in the meantime brings the message again, and its consumer knows it.
    /// </summary>
    public void Settle(Message message, Settlement settlement)
    {
        switch (settlement)
        {
            case Settlement.Complete:
                _link.Accept(message);
                break;
            case Settlement.Abandon:
                _link.Modify(message, deliveryFailed: true);
                break;
            case Settlement.DeadLetter deadLetter:
                _link.Reject(message, new Error("com.microsoft:dead-letter")
                {
                    Info = new Fields { [new Symbol("DeadLetterReason")] = deadLetter.Reason, [new Symbol("DeadLetterErrorDescription")] = deadLetter.Description },
                });
                break;
            default:
                throw new NotSupportedException($"Unknown settlement {settlement.GetType().Name}.");
        }
    }

    /// <summary>Gives a message back untouched: it comes again uncounted.</summary>
    public void Release(Message message) => _link.Release(message);

    /// <summary>Renews the session's lock at half of its time, until it is told to stop or the lock is lost.</summary>
    public async Task KeepAsync(TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            while (!IsLost && _lockedUntil != DateTimeOffset.MaxValue)
            {
                var left = (_lockedUntil - timeProvider.GetUtcNow()) / 2;
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider, cancellationToken);
                var (status, body) = await BusRequests.RequestAsync(
                    _link.Session.Connection, _queue, "com.microsoft:renew-session-lock", new Map { ["session-id"] = Id }, _link.Name, cancellationToken);
                if (status != 200 || body["expiration"] is not DateTime until)
                {
                    logger.SessionLockNotRenewed(_queue, Id, status);
                    return;
                }

                _lockedUntil = new DateTimeOffset(until.ToUniversalTime());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (BusFailure.IsOne(exception))
        {
            logger.SessionLockRenewalFailed(_queue, Id, exception.Message);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync(_link);

    private static async Task CloseAsync(ReceiverLink link)
    {
        try
        {
            if (!link.IsClosed)
            {
                await link.CloseAsync(ClosePatience, null);
            }

            if (!link.Session.IsClosed)
            {
                await link.Session.CloseAsync(ClosePatience, null);
            }
        }
        catch (Exception exception) when (BusFailure.IsOne(exception))
        {
            // The connection is gone, and the session with it.
        }
    }
}
