using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>A queue and its model, which take the same steps and must agree after each.</summary>
internal sealed class ModelledQueue : IDisposable
{
    private readonly QueueBench _bench;
    private readonly QueueModel _model;
    private readonly TestConsumer _consumer;
    private readonly List<(Guid Token, ModelMessage Message, int Lock)> _locks = [];
    private readonly List<long> _numbers = [];

    public ModelledQueue(QueueOptions options)
    {
        _bench = new QueueBench(options);
        _model = new QueueModel(options);
        _model.MoveTo(_bench.Time.GetUtcNow());
        _consumer = _bench.Consumer();
    }

    public void Dispose() => _bench.Dispose();

    public void Play(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Send:
                var life = Time(step.Second);
                var delay = Time(step.Third);
                _numbers.Add(_bench.Send($"m{step.First}", timeToLive: life, delay: delay));
                _model.Send($"m{step.First}", life, delay);
                break;
            case StepKind.Take:
                Note(_consumer.Take(1 + (step.First % 3)), _model.Take(1 + (step.First % 3)));
                break;
            case StepKind.ReceiveDeferred when _numbers.Count > 0:
                ReceiveDeferred(_numbers[step.First % _numbers.Count]);
                break;
            case StepKind.CancelScheduled when _numbers.Count > 0:
                var number = _numbers[step.First % _numbers.Count];
                Assert.Equal(_model.Cancel(number) ? QueueError.None : QueueError.MessageNotFound, _bench.Queue.CancelScheduled([number]));
                break;
            case StepKind.Resubmit when _model.Dead.Count > 0:
                var letter = _model.Dead[step.First % _model.Dead.Count];
                Assert.True(_bench.DeadLetters.TryResubmit(letter.Number, _bench.Queue, content => content));
                _model.Resubmit(letter);
                break;
            case StepKind.Advance:
                _bench.Advance(step.First);
                _model.MoveTo(_bench.Time.GetUtcNow());
                break;
            default:
                if (_locks.Count > 0)
                {
                    Settle(step.Kind, _locks[step.First % _locks.Count]);
                }

                break;
        }
    }

    public void AssertAgree()
    {
        var real = new List<(string, long, MessageState, int, bool)>();
        _bench.Queue.Peek(0, int.MaxValue, null, message => real.Add((message.MessageId, message.SequenceNumber, message.State, message.DeliveryCount, message.IsLocked)));
        Assert.Equal(_model.Messages.OrderBy(message => message.Number).Select(message => (message.Id, message.Number, message.State, message.Count, message.Lock is not null)), real);
        Assert.Equal(
            _model.Dead.OrderBy(message => message.Number).Select(message => (message.Id, message.Number, message.Count, message.DeadBecause)),
            QueueBench.Peek(_bench.DeadLetters).Select(message => (message.MessageId, message.SequenceNumber, message.DeliveryCount, message.Reason)));

        // A restart now would find the same.
        var held = new List<JournalRow>();
        foreach (var queue in _bench.All)
        {
            queue.Peek(0, int.MaxValue, null, message => held.Add(JournalRow.Of(queue.Name, message)));
        }

        Assert.Equal(held.ToHashSet(), _bench.Journal.Rows.Values.ToHashSet());
        Assert.Equal(held.Count, _bench.Journal.Rows.Count);
    }

    private static TimeSpan? Time(int choice) => choice switch
    {
        0 => TimeSpan.FromSeconds(3),
        1 => TimeSpan.FromSeconds(17),
        _ => null,
    };

    private void Note(IReadOnlyList<Delivery> real, IReadOnlyList<ModelMessage> modelled)
    {
        Assert.Equal(modelled.Select(message => (message.Id, message.Number, message.Count, message.LockedUntil)), real.Select(message => (message.MessageId, message.SequenceNumber, message.DeliveryCount, message.LockedUntil)));
        _locks.AddRange(real.Zip(modelled, (delivery, message) => (delivery.LockToken, message, message.Lock!.Value)));
    }

    private void ReceiveDeferred(long number)
    {
        var received = new List<Delivery>();
        var error = _bench.Queue.ReceiveDeferred([number], null, takeAndDelete: false, message => received.Add(Delivery.Of(message)));
        var modelled = _model.TakeDeferred(number);
        Assert.Equal(modelled is null ? QueueError.MessageNotFound : QueueError.None, error);
        Note(received, modelled is null ? [] : [modelled]);
    }

    private void Settle(StepKind kind, (Guid Token, ModelMessage Message, int Lock) taken)
    {
        var error = kind switch
        {
            StepKind.Complete => _bench.Queue.Complete(taken.Token),
            StepKind.Abandon => _bench.Queue.Abandon(taken.Token),
            StepKind.Release => _bench.Queue.Abandon(taken.Token, failed: false),
            StepKind.Defer => _bench.Queue.Defer(taken.Token),
            StepKind.DeadLetter => _bench.Queue.DeadLetter(taken.Token, "chosen", "by a step"),
            StepKind.Renew => _bench.Queue.RenewLocks([taken.Token], new DateTimeOffset[1]),
            _ => QueueError.MessageLockLost,
        };
        var isHeld = taken.Message.Lock == taken.Lock;
        if (!isHeld || error != QueueError.None)
        {
            Assert.Equal(QueueError.MessageLockLost, error);
            Assert.True(!isHeld || kind is StepKind.ReceiveDeferred or StepKind.CancelScheduled or StepKind.Resubmit, "A lock that holds was refused.");
            return;
        }

        switch (kind)
        {
            case StepKind.Complete:
                _model.Complete(taken.Message);
                taken.Message.Lock = null;
                break;
            case StepKind.Abandon or StepKind.Release:
                _model.GiveBack(taken.Message, failed: kind == StepKind.Abandon);
                break;
            case StepKind.Defer:
                _model.Defer(taken.Message);
                break;
            case StepKind.DeadLetter:
                _model.DeadLetter(taken.Message, "chosen");
                break;
            default:
                _model.Renew(taken.Message);
                break;
        }
    }
}
