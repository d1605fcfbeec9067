using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Scheduling;
using ServerlessIdempotency.Testing.Stories;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>One run of the whole world, from its beginning to its end, along the choices of a chooser.</summary>
internal sealed class ProofRun
{
    // So much time without anything that reaches outside of a process: somebody waits for what never comes.
    private const int MaxIdleTicks = 300;

    private readonly ProofOptions _options;
    private readonly IChooser _chooser;
    private readonly World _world;
    private Actor? _last;
    private int _idleTicks;

    public ProofRun(ProofPlan plan, ProofOptions options, ControlledLoop loop, IChooser chooser, Story? story)
    {
        _options = options;
        _chooser = chooser;
        _world = new World(plan, options, loop, story);
    }

    public int Steps { get; private set; }

    public string? EndState { get; private set; }

    /// <returns>What is wrong at the end; null where the chooser has given the run up.</returns>
    public IReadOnlyList<string>? Run(string? expectedEndState)
    {
        _world.Actors.Begin();
        for (var round = 0; ; round++)
        {
            if (!RunUntilQuiet())
            {
                return null;
            }

            if (_world.Violations.Count > 0 || round == _options.MaxJobRounds || IsSettled(round))
            {
                break;
            }

            _world.Actors.BeginJobs(round + 1);
        }

        var check = EndCheck.ViolationsAsync(_world, expectedEndState);
        _world.Loop.WaitFor(check, "the checks at the end");
        var (violations, endState) = check.GetAwaiter().GetResult();
        EndState = endState;
        return violations;
    }

    private bool IsSettled(int round)
    {
        var unfinished = EndCheck.UnfinishedAsync(_world);
        _world.Loop.WaitFor(unfinished, "looking for what is left");
        return unfinished.GetAwaiter().GetResult().Count == 0 && (round > 0 || !_world.Plan.AlwaysRunsJobs);
    }

    /// <returns>False where the chooser has given the run up.</returns>
    private bool RunUntilQuiet()
    {
        while (true)
        {
            Settle();
            var choices = Choices();
            if (choices.Count == 0)
            {
                if (!_world.Actors.IsUnfinished)
                {
                    return true;
                }

                WaitForTheUncontrolled();
                continue;
            }

            if (Steps == _options.MaxPoints)
            {
                _world.Violations.Add($"It does not come to an end: {Steps} points were passed, the last by {_last?.Label}.");
                return true;
            }

            var key = unchecked((_world.History.Key * 31) + (ulong)(_last?.Id ?? 0));
            if (_chooser.Choose(Steps, choices, key) is not { } index)
            {
                return false;
            }

            Steps++;
            Take(choices[index]);
        }
    }

    private void Settle()
    {
        while (true)
        {
            _world.Loop.RunUntilIdle();
            if (_world.Clock.NextDue() is not { } due || due > _world.Clock.Now)
            {
                return;
            }

            _world.Clock.FireDue();
        }
    }

    // What the scheduler does by itself comes first: go on with the same one, else with the first; then let time pass while somebody waits; then wake who stands
    // still; and lost requests arrive last.
    private List<Choice> Choices()
    {
        var pending = _world.Pending();
        Array.Sort(pending, (left, right) => Rank(left).CompareTo(Rank(right)));
        var choices = new List<Choice>();
        var mayTick = _world.Actors.IsUnfinished && _world.Clock.NextDue() is not null;
        foreach (var point in pending)
        {
            if (mayTick && (point.Process.IsStalled || point.IsLate))
            {
                AddTick();
                mayTick = false;
            }

            var isSwitch = choices.Count > 0;
            choices.Add(new Choice(point, null, isSwitch));
            if (!point.IsReply && !point.Process.IsStalled)
            {
                choices.AddRange(point.Faults.Select(fault => new Choice(point, fault, isSwitch)));
            }
        }

        if (mayTick)
        {
            AddTick();
        }

        return choices;

        void AddTick() => choices.Add(new Choice(null, null, choices.Count > 0));
    }

    private (int Class, bool IsOther, int Actor, long Sequence) Rank(PendingPoint point) =>
        (point.IsLate ? 2 : point.Process.IsStalled ? 1 : 0, point.Actor.Id != _last?.Id, point.Actor.Id, point.Sequence);

    private void Take(Choice choice)
    {
        if (choice.Point is not { } point)
        {
            if (++_idleTicks > MaxIdleTicks)
            {
                throw new InvalidOperationException($"Somebody waits for something that the proof does not control, or for ever: time passed {MaxIdleTicks} times and no process did anything. Use the clock, the store, the sender and the outside calls of the ProofProcess.");
            }

            _world.Clock.AdvanceTo(_world.Clock.NextDue()!.Value);
            _world.History.Barrier(_world.Clock.Now);
            return;
        }

        _idleTicks = 0;
        _last = point.IsLate ? _last : point.Actor;
        Remember(point, choice.Fault);
        _world.Take(point, choice.Fault);
    }

    // A crash after an effect is the effect and then a crash, so that it is known for the same as a crash before the next one.
    private void Remember(PendingPoint point, PointFault? fault)
    {
        var history = _world.History;
        if (point.Process.IsStalled && !point.IsLate)
        {
            history.Add(point.Actor, point.Process, "wakes up", [], onlyReads: true);
        }

        switch (fault?.Kind)
        {
            case null:
            case FaultKind.CrashAfter:
            case FaultKind.StallAfter:
                if (!point.IsReply)
                {
                    history.Add(point.Actor, point.Process, point.Text, point.Touches, point.OnlyReads);
                }
                else if (fault is null)
                {
                    // The effect is in already; that its process knows of it is news as well.
                    history.Add(point.Actor, point.Process, "the reply to " + point.Text, [], onlyReads: true);
                }

                break;
            case FaultKind.Failure:
                history.Add(point.Actor, point.Process, $"{point.Text} {fault}", point.Touches, point.OnlyReads);
                break;
            case FaultKind.Late:
                history.Add(point.Actor, point.Process, $"{point.Text} {fault}", [], onlyReads: true);
                break;
        }

        if (fault?.Kind is FaultKind.CrashBefore or FaultKind.CrashAfter)
        {
            history.Add(point.Actor, point.Process, "crash", [], onlyReads: true);
        }
        else if (fault?.Kind is FaultKind.StallBefore or FaultKind.StallAfter or FaultKind.CallerGivesUp)
        {
            history.Add(point.Actor, point.Process, fault.ToString()!, [], onlyReads: true);
        }
    }

    private void WaitForTheUncontrolled()
    {
        if (!_world.Loop.WaitUntil(() => _world.Loop.HasWork || _world.Pending().Length > 0 || _world.Clock.NextDue() is not null))
        {
            throw new InvalidOperationException($"Somebody waits for something that the proof does not control: nothing came in {_options.UncontrolledTimeout}. Use the clock, the store, the sender and the outside calls of the ProofProcess, and neither Task.Run nor real time.");
        }
    }
}
