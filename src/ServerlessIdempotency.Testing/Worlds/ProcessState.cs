using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Scheduling;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>One process of the user's app: its scheduler, its clock, and what runs in it.</summary>
internal sealed class ProcessState(World world, string name, ProcessScheduler scheduler, ProcessClock clock)
{
    private Task<object>? _built;

    public string Name { get; } = name;

    public ProcessScheduler Scheduler { get; } = scheduler;

    public ProcessClock Clock { get; } = clock;

    public List<IAttempt> Attempts { get; } = [];

    public bool IsDead => Scheduler.IsDead;

    /// <summary>Whether anything has arrived at it.</summary>
    public bool HasStarted { get; set; }

    public bool IsStalled { get; private set; }

    /// <summary>Whether it runs the build that is being replaced.</summary>
    public bool IsOfEarlierBuild { get; set; }

    /// <summary>What the user's app is in this process, built by whoever comes first.</summary>
    public Task<object> BuiltAsync() => _built ??= BuildAsync();

    /// <summary>The attempt of an actor, where its caller still waits and may give up.</summary>
    public Action? CancelOf(Actor actor) => Attempts.Find(attempt => attempt.Actor == actor)?.Cancel;

    public void Kill()
    {
        Scheduler.Kill();
        Clock.IsRunning = false;
        Clock.World.RemoveAll(Clock);
        foreach (var attempt in Attempts.ToArray())
        {
            attempt.Lose();
        }

        Attempts.Clear();
    }

    /// <summary>Stands still, as in a long garbage collection or a frozen container: nothing runs, and no timer fires.</summary>
    public void Stall(TimeSpan callerGivesUpAfter)
    {
        IsStalled = true;
        Clock.IsRunning = false;
        foreach (var attempt in Attempts)
        {
            world.After(callerGivesUpAfter, attempt.GiveUp);
        }
    }

    public void Resume()
    {
        IsStalled = false;
        Clock.IsRunning = true;
        Clock.World.FireDue();
    }

    private async Task<object> BuildAsync()
    {
        var caller = world.Current.Value;
        world.Current.Value = world.ActorOf(this);
        try
        {
            return await (IsOfEarlierBuild ? world.Plan.StartEarlier! : world.Plan.Start)(new ProofProcess(world, this));
        }
        finally
        {
            world.Current.Value = caller;
        }
    }
}
