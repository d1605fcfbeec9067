using System.Diagnostics;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Scheduling;
using ServerlessIdempotency.Testing.Stories;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>
/// Runs the world along one schedule after another: first the undisturbed one, then those with one deviation, with two, and so on, so that the first failure found is
/// one with the fewest. It must be created and used on one thread.
/// </summary>
internal sealed class Explorer(ProofPlan plan, ProofOptions options)
{
    // Faults and slow moments of a random schedule: enough to meet what no pair shows, few enough for callers to get their answer.
    private const int MaxSampledTroubles = 4;

    private readonly ControlledLoop _loop = new(options.UncontrolledTimeout);
    private readonly PriorityQueue<Schedule, (int Cost, long Order)> _left = new();
    private readonly VisitedStates _visited = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly int _seed = options.Seed ?? Random.Shared.Next();
    private string? _expectedEndState;
    private bool _isExhausted = true;
    private long _order;
    private int _explored;
    private int _pruned;
    private int _sampled;
    private long _points;
    private int _undisturbedPoints;

    public ProofReport Explore()
    {
        _left.Enqueue(Schedule.Undisturbed, default);
        while (_left.TryDequeue(out var schedule, out _))
        {
            if (_explored + _pruned >= options.MaxSchedules)
            {
                _isExhausted = false;
                break;
            }

            Explore(schedule);
        }

        var random = new Random(_seed);
        for (; _sampled < options.Samples; _sampled++)
        {
            var chooser = new RandomChooser(new Random(random.Next()), MaxSampledTroubles);
            if (Run(chooser, null).Violations is { Count: > 0 })
            {
                throw Failure(Shrink(chooser.Schedule), Report());
            }
        }

        return Report();
    }

    public void Replay(Schedule schedule)
    {
        var undisturbed = Run(new ScheduleChooser(Schedule.Undisturbed, null, null), null);
        _expectedEndState = undisturbed.EndState;
        if (Run(new ScheduleChooser(schedule, null, null), null).Violations!.Count > 0)
        {
            throw Failure(schedule, null);
        }
    }

    private void Explore(Schedule schedule)
    {
        var run = Run(new ScheduleChooser(schedule, options.Prunes ? _visited.Add : null, Keep), null);
        if (run.Violations is null)
        {
            _pruned++;
            return;
        }

        _explored++;
        if (schedule == Schedule.Undisturbed)
        {
            _expectedEndState = run.EndState;
            _undisturbedPoints = run.Steps;
        }

        if (run.Violations.Count > 0)
        {
            throw Failure(schedule, Report());
        }
    }

    private void Keep(Schedule schedule)
    {
        if (!schedule.Cost.IsWithin(options))
        {
            return;
        }

        // Cheaper ones are dequeued first, so whatever is left out here would not have had its turn.
        if (_left.Count >= options.MaxSchedules * 4)
        {
            _isExhausted = false;
            return;
        }

        _left.Enqueue(schedule, (schedule.Cost.Total, _order++));
    }

    private (IReadOnlyList<string>? Violations, string? EndState, int Steps) Run(IChooser chooser, Story? story)
    {
        var run = new ProofRun(plan, options, _loop, chooser, story);
        var violations = run.Run(_expectedEndState);
        (chooser as ScheduleChooser)?.End();
        _points += run.Steps;
        return (violations, run.EndState, run.Steps);
    }

    // Leaves out one deviation after the other for as long as it still fails. Steps shift where one is left out, so some schedules make no sense any more.
    private Schedule Shrink(Schedule failing)
    {
        var deviations = failing.Deviations.ToList();
        for (var index = deviations.Count - 1; index >= 0; index--)
        {
            List<Schedule> fewer = [.. deviations.Where((_, other) => other != index)];
            if (Fails(Schedule.Of(fewer)))
            {
                deviations = fewer;
                index = deviations.Count;
            }
        }

        return Schedule.Of(deviations);
    }

    private bool Fails(Schedule schedule)
    {
        try
        {
            return Run(new ScheduleChooser(schedule, null, null), null).Violations is { Count: > 0 };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private ProofFailedException Failure(Schedule schedule, ProofReport? report)
    {
        var story = new Story();
        var violations = Run(new ScheduleChooser(schedule, null, null), story).Violations!;
        string[] lines =
        [
            violations.Count > 0 ? string.Join(Environment.NewLine, violations.Take(3)) : "It failed, and did not when it was run again: it does something that the proof does not control.",
            .. story.Lines(),
            $"Replay: await proof.ReplayAsync(\"{schedule}\");",
        ];
        return new ProofFailedException(string.Join(Environment.NewLine, lines)) { Schedule = schedule.ToString(), Violations = violations, Report = report };
    }

    private ProofReport Report() => new(_explored, _pruned, _isExhausted, _sampled, _seed, _points, _undisturbedPoints, _loop.FromElsewhere, _watch.Elapsed);
}
