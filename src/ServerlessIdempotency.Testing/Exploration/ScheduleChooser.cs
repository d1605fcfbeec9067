namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>Follows a schedule to its last deviation, and then what happens by itself, noting on the way what else could be done.</summary>
internal sealed class ScheduleChooser(Schedule schedule, Func<ulong, Cost, bool>? isNew, Action<Schedule>? found) : IChooser
{
    private readonly IReadOnlyList<Schedule> _deviations = schedule.Deviations;
    private int _next;

    /// <summary>Demands that the run has come to all of the schedule's deviations.</summary>
    public void End()
    {
        if (_next < _deviations.Count)
        {
            throw AnotherWay("and ended sooner");
        }
    }

    public int? Choose(int step, IReadOnlyList<Choice> choices, ulong state)
    {
        if (_next < _deviations.Count)
        {
            var deviation = _deviations[_next];
            if (deviation.Step > step)
            {
                return 0;
            }

            _next++;
            if (deviation.Index >= choices.Count || (deviation.Tag is { } tag && tag != choices[deviation.Index].Tag))
            {
                throw AnotherWay($"at step {step}");
            }

            return deviation.Index;
        }

        if (isNew is not null && !isNew(state, schedule.Cost))
        {
            return null;
        }

        if (found is not null)
        {
            for (var index = 1; index < choices.Count; index++)
            {
                found(schedule.Then(step, index, choices[index]));
            }
        }

        return 0;
    }

    private InvalidOperationException AnotherWay(string where) => new(
        $"The run of schedule '{schedule}' went another way than before, {where}. Either the code has changed since the schedule was found, or it does something that the proof does not control: Task.Run, real time, random choices, state that outlives a process outside of ProofProcess.Shared.");
}
