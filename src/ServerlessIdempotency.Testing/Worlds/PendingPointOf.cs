using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

internal sealed class PendingPoint<T> : PendingPoint
{
    // Whoever waits without a context goes on right here, on the loop's thread; whoever has one is queued on its scheduler.
    private readonly TaskCompletionSource<T> _source = new();
    private readonly ProofPoint<T> _point;
    private Task<T>? _reply;

    public PendingPoint(Actor actor, ProcessState process, long sequence, ProofPoint<T> point, bool mayCrash)
        : base(actor, process, sequence, point.Text, point.Touches, point.OnlyReads)
    {
        _point = point;
        List<PointFault> faults = [];
        if (mayCrash)
        {
            faults.Add(new(FaultKind.CrashBefore));
            if (!point.OnlyReads)
            {
                faults.Add(new(FaultKind.CrashAfter));
            }
        }

        faults.AddRange(point.Failures.Select((_, index) => new PointFault(FaultKind.Failure, index)));
        if (point.WhenLate is not null)
        {
            faults.Add(new(FaultKind.Late));
        }

        if (mayCrash)
        {
            faults.Add(new(FaultKind.StallBefore));
            faults.Add(new(FaultKind.StallAfter));
            if (process.CancelOf(actor) is not null)
            {
                faults.Add(new(FaultKind.CallerGivesUp));
            }
        }

        Faults = faults;
    }

    public override IReadOnlyList<PointFault> Faults { get; }

    public Task<T> Task => _source.Task;

    public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);

    public override void Take(World world, PointFault? fault)
    {
        // A late request is on the network: its process may sleep on.
        if (Process.IsStalled && !IsLate)
        {
            world.Note(this, "wakes up");
            Process.Resume();
        }

        switch (fault)
        {
            case null:
                var result = IsReply ? _reply! : Run(world);
                if (!IsReply)
                {
                    world.Note(this, Told(result));
                }

                Complete(result);
                break;
            case { Kind: FaultKind.CrashBefore }:
                world.Note(this, null, $"{Process.Name} CRASHES before: {Text}");
                world.Kill(Process);
                break;
            case { Kind: FaultKind.CrashAfter }:
                var applied = Run(world);
                world.Note(this, Told(applied), $"{Process.Name} CRASHES right after");
                world.Kill(Process);
                break;
            case { Kind: FaultKind.Failure, Index: var index }:
                var failure = _point.Failures[index];
                if (failure.Happens)
                {
                    world.Note(this, Told(Run(world)), failure.Name);
                }
                else
                {
                    world.Note(this, Text, failure.Name);
                }

                Complete(Await(world, failure.Answer));
                break;
            case { Kind: FaultKind.Late }:
                world.Note(this, Text, "no answer comes; the request is STILL ON ITS WAY");
                world.Add(new PendingPoint<T>(world.Network, Process, world.NextSequence(), new ProofPoint<T>(Text, _point.Effect) { Touches = Touches, Describe = _point.Describe }, mayCrash: false)
                {
                    IsLate = true,
                    Label = $"{Label}'s lost request",
                });
                Complete(Await(world, () => System.Threading.Tasks.Task.FromResult(_point.WhenLate!())));
                break;
            case { Kind: FaultKind.CallerGivesUp }:
                world.Note(this, null, $"the caller GIVES UP before: {Text}");
                world.Add(this);
                Process.CancelOf(Actor)?.Invoke();
                break;
            case { Kind: FaultKind.StallBefore }:
                world.Note(this, null, $"{Process.Name} STALLS before: {Text}");
                world.Stall(Process);
                world.Add(this);
                break;
            case { Kind: FaultKind.StallAfter }:
                _reply = Run(world);
                IsReply = true;
                world.Note(this, Told(_reply), $"{Process.Name} STALLS before it gets the reply");
                world.Stall(Process);
                world.Add(this);
                break;
        }
    }

    private Task<T> Run(World world) => Await(world, _point.Effect);

    private Task<T> Await(World world, Func<Task<T>> action)
    {
        Task<T> task;
        try
        {
            task = action();
        }
        catch (Exception exception)
        {
            return System.Threading.Tasks.Task.FromException<T>(exception);
        }

        world.Loop.WaitFor(task, Text);
        return task;
    }

    private string Told(Task<T> result) => result switch
    {
        { IsCompletedSuccessfully: true } when _point.Describe(result.Result) is { } description => $"{Text}: {description}",
        { IsFaulted: true } => $"{Text}: {result.Exception!.InnerException!.Message}",
        _ => Text,
    };

    private void Complete(Task<T> result)
    {
        if (result.IsCompletedSuccessfully)
        {
            _source.TrySetResult(result.Result);
        }
        else if (result.IsCanceled)
        {
            _source.TrySetCanceled();
        }
        else
        {
            _source.TrySetException(result.Exception!.InnerExceptions);
        }
    }
}
