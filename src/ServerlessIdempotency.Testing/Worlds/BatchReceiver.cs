using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>
/// Delivers what waits in a queue, or in one session of it, batch after batch, until all of it is settled. What comes again comes first, in a session in its order, else in the
/// opposite one.
/// </summary>
internal sealed class BatchReceiver(World world, string queue, bool isSession, Actor actor, List<string> deadLetters, bool isCopy = false)
{
    private const int CopyOffset = 50;

    private readonly List<Held> _waiting = [];
    private bool _isReceiving;
    private int _batches;

    public void Add(InboundMessage message, string name)
    {
        _waiting.Add(new Held(message, name));
        if (!_isReceiving)
        {
            // Posted: what is put into the queue at the same moment is in the first batch.
            _isReceiving = true;
            world.Actors.Run(ReceiveAsync);
        }
    }

    private async Task ReceiveAsync()
    {
        var consumer = world.Plan.BatchConsumers[queue];
        while (_waiting.Count > 0)
        {
            var batch = _waiting.Take(consumer.MaxMessages).ToList();
            var number = ++_batches;
            batch.ForEach(held => held.Deliver(number));
            var end = await world.Actors.AttemptAsync<bool>(actor with { Attempt = number }, actor.Name, (process, app, _) => ConsumeAsync(process, app, consumer, batch, number), MayComeTwice(batch, number), lockedFor: Broker.LockedFor(world.Options));

            _waiting.RemoveAll(held => held.IsDone(world.Options.MaxDeliveryCount, deadLetters));
            if (!isSession)
            {
                _waiting.Reverse();
            }

            // Given back it comes soon; where the consumer is gone, or a settlement was lost, once the lock has run out.
            if (_waiting.Count > 0 && end is not AttemptEnd<bool>.NoAnswer)
            {
                await Task.Delay(end is AttemptEnd<bool>.Answered && batch.TrueForAll(held => held.WasSettled) ? Broker.PauseAfter(world.Options, number) : world.Options.LockDuration, world.Time);
            }
        }

        _isReceiving = false;
    }

    private async Task<bool> ConsumeAsync(ProcessState process, object app, PlannedBatchConsumer consumer, List<Held> batch, int number)
    {
        var settlements = await consumer.Consume(app, [.. batch.Select(held => held.ToMessage())]);
        if (settlements.Count != batch.Count)
        {
            throw new InvalidOperationException($"The consumer of {queue} settled {settlements.Count} of {batch.Count} messages.");
        }

        for (var index = 0; index < batch.Count; index++)
        {
            await SettleAsync(process, batch[index], settlements[index], number);
        }

        return true;
    }

    private Task<bool> SettleAsync(ProcessState process, Held held, Settlement settlement, int number)
    {
        var text = settlement switch
        {
            Settlement.Complete => "completes",
            Settlement.DeadLetter deadLetter => $"dead-letters ({deadLetter.Reason})",
            Settlement.Release => "releases",
            _ => "gives back",
        };
        return world.PassAsync(
            process,
            new ProofPoint<bool>($"{text} {held.Name}", () =>
            {
                held.Settle(settlement, number);
                return Task.FromResult(true);
            })
            {
                Touches = [$"settling {held.Name} of {actor.Name}"],
                Failures = [new("the settlement is LOST", Happens: false, () => Task.FromResult(true))],
            },
            CancellationToken.None);
    }

    // The locks were lost without anybody's fault. A session is held by one consumer.
    private ProofFailure<bool>? MayComeTwice(List<Held> batch, int number) => number > 1 || isCopy || isSession
        ? null
        : new("it is DELIVERED TWICE", Happens: false, () =>
        {
            var copy = new BatchReceiver(world, queue, isSession, actor with { Id = actor.Id + CopyOffset, Name = actor.Name + ", copy" }, deadLetters, isCopy: true);
            foreach (var held in batch)
            {
                copy.Add(held.Message, held.Name);
            }

            return Task.FromResult(true);
        });

    /// <summary>A message and its lock.</summary>
    private sealed class Held(InboundMessage message, string name)
    {
        private int _deliveries;
        private int _holder;
        private Settlement? _settled;

        public InboundMessage Message { get; } = message;

        public string Name { get; } = name;

        public bool WasSettled => _settled is not null;

        public void Deliver(int batch)
        {
            _deliveries++;
            (_holder, _settled) = (batch, null);
        }

        public InboundMessage ToMessage() => Message with { DeliveryCount = _deliveries };

        /// <summary>A settlement under a lock that has run out changes nothing.</summary>
        public void Settle(Settlement settlement, int batch)
        {
            if (_holder == batch)
            {
                _settled = settlement;
            }
        }

        public bool IsDone(int maxDeliveryCount, List<string> deadLetters)
        {
            switch (_settled)
            {
                case Settlement.Complete:
                    return true;
                case Settlement.DeadLetter letter:
                    deadLetters.Add($"{Name} was dead-lettered: {letter.Reason}: {letter.Description}");
                    return true;
                case Settlement.Release:
                    _deliveries--;
                    return false;
                case var _ when _deliveries >= maxDeliveryCount:
                    deadLetters.Add($"{Name} was dead-lettered after {maxDeliveryCount} deliveries.");
                    return true;
                default:
                    return false;
            }
        }
    }
}
