using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>
/// A broker that keeps what it is given and delivers it at least once. Messages of a session come one after another; others in any order.
/// It drops no duplicates: correctness must not depend on that.
/// </summary>
internal sealed class Broker(World world)
{
    private const int FirstMessageId = 100;
    private const int FirstReceiverId = 400;

    private readonly List<OutboundMessage> _sent = [];
    private readonly List<string> _deadLetters = [];
    private readonly Dictionary<(string Queue, string Session), Task> _sessions = [];
    private readonly Dictionary<(string Queue, string? Session), BatchReceiver> _receivers = [];
    private TimeSpan _skew;
    private int _messages;

    public IReadOnlyList<OutboundMessage> Sent => _sent;

    public IReadOnlyList<string> DeadLetters => _deadLetters;

    private DateTimeOffset Now => world.Clock.Now + _skew;

    /// <summary>Ways in which the broker takes what it is to deliver later, by a clock that is not the others'; from then on it keeps that clock.</summary>
    public IEnumerable<ProofFailure<SendOutcome>> Skews(Func<Task<SendOutcome>> accept)
    {
        if (_skew == TimeSpan.Zero && world.Options.BrokerClockSkew > TimeSpan.Zero)
        {
            yield return Skew("AHEAD", world.Options.BrokerClockSkew);
            yield return Skew("BEHIND", -world.Options.BrokerClockSkew);
        }

        ProofFailure<SendOutcome> Skew(string direction, TimeSpan skew) => new($"the broker's clock is {direction} by {skew.Duration()}", Happens: false, () =>
        {
            _skew = skew;
            return accept();
        });
    }

    public void Accept(OutboundMessage message)
    {
        _sent.Add(message);
        var consumer = world.Plan.Consumers.GetValueOrDefault(message.Queue);
        if (consumer is not null || world.Plan.BatchConsumers.ContainsKey(message.Queue))
        {
            var inbound = new InboundMessage(message.Body)
            {
                MessageId = message.MessageId,
                SessionId = message.SessionId,
                Subject = message.Subject,
                CorrelationId = message.CorrelationId,
                ContentType = message.ContentType,
                Properties = message.Properties.ToDictionary(property => property.Key, property => (object?)property.Value),
            };
            Enqueue(new PlannedMessage(message.Queue, message.Subject ?? RowText.Of(message.MessageId), consumer?.Operation?.Invoke(inbound) ?? message.MessageId, inbound), message.NotBefore);
        }
    }

    public void Enqueue(PlannedMessage message, DateTimeOffset? notBefore = null)
    {
        if (world.Plan.BatchConsumers.ContainsKey(message.Queue))
        {
            // What is scheduled for later is delivered at once: a batch consumer takes what there is.
            ReceiverOf(message.Queue, message.Message.SessionId).Add(message.Message with { EnqueuedAt = Now }, message.Name);
            return;
        }

        // It takes its place in its session when its time has come.
        if (notBefore is { } moment && moment > Now)
        {
            world.Actors.Run(async () =>
            {
                await Task.Delay(moment - Now, world.Time);
                Enqueue(message);
            });
            return;
        }

        var number = ++_messages;
        var actor = new Actor(FirstMessageId + number, $"message {number} ({message.Name})", message.Operation);
        world.History.Begin(actor, $"{message.Queue} {message.Name} {message.Message.MessageId}");
        var delivery = new Delivery(message with { Message = message.Message with { EnqueuedAt = Now } }, actor, message.Queue);
        if (message.Message.SessionId is not { } session)
        {
            world.Actors.Run(() => DeliverAsync(delivery));
            return;
        }

        // The next of a session comes once the one before is settled.
        var before = _sessions.GetValueOrDefault((message.Queue, session), Task.CompletedTask);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sessions[(message.Queue, session)] = done.Task;
        world.Actors.Run(async () =>
        {
            await before;
            await DeliverAsync(delivery);
            done.SetResult();
        });
    }

    /// <summary>For how long a delivery is its consumer's alone; null for as long as it runs.</summary>
    public static TimeSpan? LockedFor(ProofOptions options) => options.LockRenewal + options.LockDuration;

    /// <summary>After which a message that was given back comes again.</summary>
    public static TimeSpan PauseAfter(ProofOptions options, int attempt) => options.RedeliveryPause ?? TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempt, 5), 30));

    private BatchReceiver ReceiverOf(string queue, string? session)
    {
        if (!_receivers.TryGetValue((queue, session), out var receiver))
        {
            var actor = new Actor(FirstReceiverId + _receivers.Count, session is null ? $"a batch of {queue}" : $"a batch of session {session}", queue);
            world.History.Begin(actor, actor.Name);
            _receivers[(queue, session)] = receiver = new BatchReceiver(world, queue, session is not null, actor, _deadLetters);
        }

        return receiver;
    }

    private async Task DeliverAsync(Delivery delivery)
    {
        var planned = delivery.Planned;
        for (var attempt = 1; attempt <= world.Options.MaxDeliveryCount; attempt++)
        {
            var number = attempt;
            delivery.Holder = number;
            var end = await world.Actors.AttemptAsync<Settlement>(delivery.Actor with { Attempt = number }, delivery.Affinity, (process, app, _) => ConsumeAsync(process, app, delivery, number), MayComeTwice(delivery, number), lockedFor: LockedFor(world.Options));
            switch (delivery.Settled)
            {
                case Settlement.Complete:
                    return;
                case Settlement.DeadLetter deadLetter:
                    _deadLetters.Add($"{planned.Name} was dead-lettered: {deadLetter.Reason}: {deadLetter.Description}");
                    return;
            }

            // Given back it comes soon; where the consumer is gone or only believes that it settled, once the lock has run out.
            delivery.Settled = null;
            if (end is not AttemptEnd<Settlement>.NoAnswer)
            {
                await Task.Delay(end is AttemptEnd<Settlement>.Answered { Answer: Settlement.Abandon } ? PauseAfter(world.Options, attempt) : world.Options.LockDuration, world.Time);
            }
        }

        _deadLetters.Add($"{planned.Name} was dead-lettered after {world.Options.MaxDeliveryCount} deliveries.");
    }

    private async Task<Settlement> ConsumeAsync(ProcessState process, object app, Delivery delivery, int attempt)
    {
        var settlement = await world.Plan.Consumers[delivery.Planned.Queue].Consume(app, delivery.Planned.Message with { DeliveryCount = attempt });
        var text = settlement switch
        {
            Settlement.Complete => "completes the message",
            Settlement.Abandon => "gives the message back",
            Settlement.DeadLetter deadLetter => $"dead-letters the message ({deadLetter.Reason})",
            _ => "settles the message",
        };
        return await world.PassAsync(
            process,
            new ProofPoint<Settlement>(text, () =>
            {
                // A settlement under a lock that has run out changes nothing.
                if (delivery.Holder == attempt)
                {
                    delivery.Settled = settlement;
                }

                return Task.FromResult(settlement);
            })
            {
                Touches = ["settling " + delivery.Actor.Name],
                Failures = [new("the settlement is LOST", Happens: false, () => Task.FromResult(settlement))],
            },
            CancellationToken.None);
    }

    // A copy beside the first: the lock was lost without anybody's fault. A session is held by one consumer.
    private ProofFailure<bool>? MayComeTwice(Delivery delivery, int attempt) => attempt > 1 || delivery.IsCopy || delivery.Planned.Message.SessionId is not null
        ? null
        : new("it is DELIVERED TWICE", Happens: false, () =>
        {
            var copy = new Delivery(delivery.Planned, delivery.Actor with { Id = delivery.Actor.Id + 200, Name = delivery.Actor.Name + ", copy" }, delivery.Affinity + " copy") { IsCopy = true };
            world.Actors.Run(() => DeliverAsync(copy));
            return Task.FromResult(true);
        });

    private sealed class Delivery(PlannedMessage planned, Actor actor, string affinity)
    {
        public PlannedMessage Planned { get; } = planned;

        public Actor Actor { get; } = actor;

        public string Affinity { get; } = affinity;

        public bool IsCopy { get; init; }

        /// <summary>Which attempt holds the lock.</summary>
        public int Holder { get; set; }

        public Settlement? Settled { get; set; }
    }
}
