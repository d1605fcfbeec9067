using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

internal sealed partial class World
{
    private const int FirstJobId = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<(string Operation, string Caller, string Text)> _told = [];
    private int _unfinished;

    /// <summary>Whether anybody still waits for something, or something runs in a process that is alive and not stalled.</summary>
    public bool IsUnfinished => _unfinished > 0 || _processActors.Keys.Any(process => !process.IsDead && !process.IsStalled && process.Attempts.Count > 0);

    public IReadOnlyList<(string Operation, string Caller, string Text)> AllTold => _told;

    /// <summary>Everything that happens by itself: the callers call, and the queues deliver.</summary>
    public void Begin()
    {
        for (var index = 0; index < Plan.Calls.Count; index++)
        {
            var call = Plan.Calls[index];
            var actor = new Actor(index + 1, call.Name, call.Operation);
            Run(() => CallAsync(call, actor));
        }

        foreach (var message in Plan.Messages)
        {
            Broker.Enqueue(message);
        }
    }

    /// <summary>One round of the background jobs, some time later.</summary>
    public void BeginJobs(int round)
    {
        Clock.AdvanceTo(Clock.Now + Options.JobInterval);
        History.Barrier(Clock.Now);
        foreach (var (name, run) in Plan.Jobs)
        {
            var actor = new Actor(FirstJobId + Plan.Jobs.FindIndex(job => job.Name == name), name, name, round);
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
        Post(() => _ = RunAsync());

        async Task RunAsync()
        {
            try
            {
                await action();
            }
            catch (Exception exception)
            {
                Violations.Add($"The proof itself failed: {exception}");
            }
            finally
            {
                _unfinished--;
            }
        }
    }

    public Task<AttemptEnd<T>> AttemptAsync<T>(Actor actor, string affinity, Func<ProcessState, object, CancellationToken, Task<T>> body, ProofFailure<bool>? otherwise = null, bool mayGiveUp = false)
    {
        var attempt = new Attempt<T>(this, actor, ProcessOf(affinity), body, otherwise, mayGiveUp);
        attempt.Start();
        return attempt.End;
    }

    /// <summary>The moment at which an attempt reaches its process: until then another one may go first. A fresh process may have a clock of its own mind.</summary>
    public Task ArriveAsync(ProcessState process, ProofFailure<bool>? otherwise = null)
    {
        List<ProofFailure<bool>> failures = [];
        if (!process.HasStarted)
        {
            process.HasStarted = true;
            if (Options.ClockSkew > TimeSpan.Zero)
            {
                failures.Add(Skew("AHEAD", Options.ClockSkew));
                failures.Add(Skew("BEHIND", -Options.ClockSkew));
            }
        }

        if (otherwise is not null)
        {
            failures.Add(otherwise);
        }

        return PassAsync(process, new ProofPoint<bool>("arrives", () => Task.FromResult(true)) { Touches = [], OnlyReads = true, Failures = failures }, CancellationToken.None, mayCrash: false);

        ProofFailure<bool> Skew(string direction, TimeSpan skew) => new($"the clock of {process.Name} is {direction} by {skew.Duration()}", Happens: false, () =>
        {
            process.Clock.Skew = skew;
            return Task.FromResult(true);
        });
    }

    private async Task CallAsync(PlannedCall call, Actor caller)
    {
        for (var attempt = 1; attempt <= Options.MaxAttempts; attempt++)
        {
            switch (await AttemptAsync<ProofAnswer>(caller with { Attempt = attempt }, call.Process ?? call.Name, (_, app, token) => HearAsync(call, app, token), mayGiveUp: call.MayGiveUp))
            {
                case AttemptEnd<ProofAnswer>.Answered { Answer: ProofAnswer.Final or ProofAnswer.Unanswered }:
                    return;
                case AttemptEnd<ProofAnswer>.Answered { Answer: ProofAnswer.TryAgain again }:
                    await Task.Delay(again.After ?? Pause, Time);
                    break;
                case AttemptEnd<ProofAnswer>.NoAnswer:
                    break;
                default:
                    await Task.Delay(Pause, Time);
                    break;
            }
        }

        Violations.Add($"{call.Name} never got a final answer, in {Options.MaxAttempts} attempts.");
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
