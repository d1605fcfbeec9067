using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Inbox;

/// <summary>
/// What a failed delivery is worth, whatever the host and the consumer: a pause before the message is given back, since the broker brings it again at once, and at
/// the last delivery a dead letter with a reason of our own rather than the broker's count.
/// </summary>
public sealed class RedeliveryPolicy
{
    // A lease may be longer; a session, and the time that a host gives a function, are better not spent on it.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly InboxOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<RedeliveryPolicy> _logger;
    private readonly IdempotencyMetrics? _metrics;

    /// <summary>Creates the policy. Apps get theirs by <c>services.AddIdempotency().AddInbox()</c>.</summary>
    /// <param name="options">Pauses, and after how many deliveries the broker gives up.</param>
    /// <param name="timeProvider">The clock that pauses are taken from.</param>
    /// <param name="logger">The log.</param>
    public RedeliveryPolicy(InboxOptions options, TimeProvider timeProvider, ILogger<RedeliveryPolicy> logger)
        : this(options, timeProvider, logger, metrics: null)
    {
    }

    internal RedeliveryPolicy(InboxOptions options, TimeProvider timeProvider, ILogger<RedeliveryPolicy> logger, IdempotencyMetrics? metrics)
    {
        _metrics = metrics;
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Runs a consumer and says how its message is settled. A consumer that throws has failed. The message stays locked during the pause.</summary>
    /// <param name="consumer">The consumer's or the queue's name, for the log.</param>
    /// <param name="message">The message.</param>
    /// <param name="consume">The consumer.</param>
    /// <param name="cancellationToken">The app stops.</param>
    /// <exception cref="OperationCanceledException">The app stops: give the message back untouched.</exception>
    public async Task<Settlement> ConsumeAsync(string consumer, InboundMessage message, Func<CancellationToken, Task<Settlement>> consume, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(consume);
        Settlement settlement;
        try
        {
            settlement = message.BodyFault is { } fault ? Settlement.DeadLetter.Create(RejectionReasons.BodyUnreadable, fault) : await consume(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            settlement = new Settlement.Abandon { Cause = exception };
        }

        if (settlement is Settlement.Abandon)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        settlement = Judge(consumer, message, settlement);
        if (settlement is Settlement.Abandon given)
        {
            await Task.Delay(PauseAfter(message.DeliveryCount, given.RetryAfter), _timeProvider, cancellationToken);
        }

        return settlement;
    }

    /// <summary>
    /// Runs a consumer of a batch and says how each message is settled. A consumer that throws has failed, and its first message of each session with it. One pause, the
    /// longest that a message asks for, is made for all; then settle.
    /// </summary>
    /// <param name="consumer">The consumer's or the queue's name, for the log.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="consume">The consumer; its settlements are in the order of the messages.</param>
    /// <param name="cancellationToken">The app stops: the pause ends, and what is done is settled all the same.</param>
    public async Task<IReadOnlyList<Settlement>> ConsumeBatchAsync(
        string consumer, IReadOnlyList<InboundMessage> messages, Func<CancellationToken, Task<IReadOnlyList<Settlement>>> consume, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(consume);
        IReadOnlyList<Settlement> settlements;
        try
        {
            settlements = await consume(cancellationToken);
            if (settlements.Count != messages.Count)
            {
                throw new InvalidOperationException($"The consumer settled {settlements.Count} of {messages.Count} messages.");
            }
        }
        catch (Exception exception)
        {
            settlements = FailAll(messages, exception, isStopped: cancellationToken.IsCancellationRequested);
        }

        var judged = settlements.Select((settlement, index) => Judge(consumer, messages[index], settlement)).ToList();
        var pause = judged.Select((settlement, index) => settlement is Settlement.Abandon or Settlement.Release ? PauseAfter(messages[index].DeliveryCount) : TimeSpan.Zero).DefaultIfEmpty().Max();
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, _timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return judged;
    }

    internal static List<Settlement> FailAll(IReadOnlyList<InboundMessage> messages, Exception exception, bool isStopped)
    {
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        return [.. messages.Select(message => message.SessionId is { } session && !sessions.Add(session) ? new Settlement.Release($"A message before it in its session '{session}' failed.") : First())];

        Settlement First() => isStopped ? new Settlement.Release("The consumer stops.") { WasBegun = true } : new Settlement.Abandon { Cause = exception };
    }

    // The last delivery that fails is told with its reason, and what goes to the dead-letter queue is logged.
    private Settlement Judge(string consumer, InboundMessage message, Settlement settlement)
    {
        if (settlement is Settlement.Abandon abandon)
        {
            _logger.DeliveryFailed(message.MessageId, consumer, message.DeliveryCount, abandon.Why, abandon.Cause);
            if (message.DeliveryCount >= _options.Rules.MaxDeliveryCount)
            {
                settlement = GiveUp(message, abandon);
            }
        }

        if (settlement is Settlement.DeadLetter letter)
        {
            _logger.DeadLettered(message.MessageId, consumer, letter.Reason, letter.Description);
            _metrics?.DeadLettered(consumer, letter.Reason);
        }

        return settlement;
    }

    internal TimeSpan PauseAfter(int deliveryCount) => Backoff.Pause(_options.FirstRedeliveryPause, deliveryCount - 1, _options.MaxRedeliveryPause);

    /// <summary>
    /// The first deliveries come soon, since what is in the way mostly goes sooner than it may; once half of them are used up a delivery is not spent before it is worth it, so that no
    /// message dies by its count behind a lease.
    /// </summary>
    internal TimeSpan PauseAfter(int deliveryCount, TimeSpan? retryAfter)
    {
        var pause = PauseAfter(deliveryCount);
        if (deliveryCount * 2 <= _options.Rules.MaxDeliveryCount || retryAfter is not { } worth || worth <= pause)
        {
            return pause;
        }

        return worth < LongestPause ? worth : LongestPause;
    }

    private Settlement.DeadLetter GiveUp(InboundMessage message, Settlement.Abandon abandon) => Settlement.DeadLetter.Create(
        RejectionReasons.DeliveriesExhausted,
        $"Delivery {message.DeliveryCount} of {_options.Rules.MaxDeliveryCount} was given back like those before it. {abandon.Why} Remove the cause and resubmit it: what was applied of it is not applied again.") with
    {
        Cause = abandon.Cause,
    };
}
