namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>Takes random deviations, and keeps them as a schedule.</summary>
internal sealed class RandomChooser(Random random, int maxFaults) : IChooser
{
    // Faults are rare enough for a run to get somewhere, switches often enough to mix.
    private const double FaultRate = 0.08;
    private const double SwitchRate = 0.25;

    public Schedule Schedule { get; private set; } = Schedule.Undisturbed;

    public int? Choose(int step, IReadOnlyList<Choice> choices, ulong state)
    {
        var withFault = Schedule.Cost.Faults < maxFaults && random.NextDouble() < FaultRate;
        var withSwitch = random.NextDouble() < SwitchRate;
        int[] fitting = [.. Enumerable.Range(0, choices.Count).Where(index => choices[index].Fault is not null == withFault && (withSwitch || !choices[index].IsSwitch))];
        var index = fitting.Length == 0 ? 0 : fitting[random.Next(fitting.Length)];
        if (index > 0)
        {
            Schedule = Schedule.Then(step, index, choices[index]);
        }

        return index;
    }
}
