using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>Whoever does something in a run: the callers, who call until they have a final answer, and the background jobs.</summary>
internal sealed class Actors(World world)
{
    private const int FirstJobId = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<(string Operation, string Caller, string Text)> _told = [];
    private int _unfinished;

    /// <summary>Whether anybody still waits for something, or something runs in a process that is alive and not stalled.</summary>
    public bool IsUnfinished => _unfinished > 0 || world.Processes.Any(process => !process.IsDead && !process.IsStalled && process.Attempts.Count > 0);

    public IReadOnlyList<(string Operation, string Caller, string Text)> AllTold => _told;

    /// <summary>Everything that happens by itself: the callers call, and the queues deliver.</summary>
    public void Begin()
    {
        for (var index = 0; index < world.Plan.Calls.Count; index++)
        {
            var call = world.Plan.Calls[index];
            var actor = new Actor(index + 1, call.Name, call.Operation);
            Run(() => CallAsync(call, actor));
        }

        foreach (var message in world.Plan.Messages)
        {
            world.Broker.Enqueue(message);
        }
    }

    /// <summary>One round of the background jobs, some time later.</summary>
    public void BeginJobs(int round)
    {
        world.IsDeployed = true;
        world.Clock.AdvanceTo(world.Clock.Now + world.Options.JobInterval);
        world.History.Barrier(world.Clock.Now);
        foreach (var (name, run) in world.Plan.Jobs)
        {
            var actor = new Actor(FirstJobId + world.Plan.Jobs.FindIndex(job => job.Name == name), name, name, round);
            Run(() => AttemptAsync<bool>(
                actor,
                "jobs",
                async (_, app, _) =>
                {
                    await run(app);
                    return true;
                }));
        }
    }

    public void Run(Func<Task> action)
    {
        _unfinished++;
        world.Post(() => _ = RunAsync());

        async Task RunAsync()
        {
            try
            {
                await action();
            }
            catch (Exception exception)
            {
                world.Violations.Add($"The proof itself failed: {exception}");
            }
            finally
            {
                _unfinished--;
            }
        }
    }

    public Task<AttemptEnd<T>> AttemptAsync<T>(
        Actor actor, string affinity, Func<ProcessState, object, CancellationToken, Task<T>> body, ProofFailure<bool>? otherwise = null, bool mayGiveUp = false, TimeSpan? lockedFor = null)
    {
        var attempt = new Attempt<T>(world, actor, world.ProcessOf(affinity), body, otherwise, mayGiveUp);
        attempt.Start();
        if (lockedFor is { } time)
        {
            world.After(time, attempt.GiveUp);
        }

        return attempt.End;
    }

    /// <summary>
    /// The moment at which an attempt reaches its process: until then another one may go first. A fresh process may have a clock of its own mind, or run the build before.
    /// </summary>
    public Task ArriveAsync(ProcessState process, ProofFailure<bool>? otherwise = null)
    {
        List<ProofFailure<bool>> failures = [];
        if (!process.HasStarted)
        {
            process.HasStarted = true;
            if (world.Options.ClockSkew > TimeSpan.Zero)
            {
                failures.Add(Skew("AHEAD", world.Options.ClockSkew));
                failures.Add(Skew("BEHIND", -world.Options.ClockSkew));
            }

            if (world.Plan.StartEarlier is not null && !world.IsDeployed)
            {
                failures.Add(new($"{process.Name} runs the EARLIER build", Happens: false, () =>
                {
                    process.IsOfEarlierBuild = true;
                    return Task.FromResult(true);
                }));
            }
        }

        if (otherwise is not null)
        {
            failures.Add(otherwise);
        }

        return world.PassAsync(process, new ProofPoint<bool>("arrives", () => Task.FromResult(true)) { Touches = [], OnlyReads = true, Failures = failures }, CancellationToken.None, mayCrash: false);

        ProofFailure<bool> Skew(string direction, TimeSpan skew) => new($"the clock of {process.Name} is {direction} by {skew.Duration()}", Happens: false, () =>
        {
            process.Clock.Skew = skew;
            return Task.FromResult(true);
        });
    }

    private async Task CallAsync(PlannedCall call, Actor caller)
    {
        for (var attempt = 1; attempt <= world.Options.MaxAttempts; attempt++)
        {
            switch (await AttemptAsync<ProofAnswer>(caller with { Attempt = attempt }, call.Process ?? call.Name, (_, app, token) => HearAsync(call, app, token), mayGiveUp: call.MayGiveUp))
            {
                case AttemptEnd<ProofAnswer>.Answered { Answer: ProofAnswer.Final or ProofAnswer.Unanswered }:
                    return;
                case AttemptEnd<ProofAnswer>.Answered { Answer: ProofAnswer.TryAgain again }:
                    await Task.Delay(again.After ?? Pause, world.Time);
                    break;
                case AttemptEnd<ProofAnswer>.NoAnswer:
                    break;
                default:
                    await Task.Delay(Pause, world.Time);
                    break;
            }
        }

        world.Violations.Add($"{call.Name} never got a final answer, in {world.Options.MaxAttempts} attempts.");
    }

    // A zombie's answer counts as well: who knows whether its caller really had gone.
    private async Task<ProofAnswer> HearAsync(PlannedCall call, object app, CancellationToken cancellationToken)
    {
        var answer = await call.Attempt(app, cancellationToken);
        if (answer is ProofAnswer.Final final)
        {
            _told.Add((call.Operation, call.Name, final.Told));
        }

        return answer;
    }
}
