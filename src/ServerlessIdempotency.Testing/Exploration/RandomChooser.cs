namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>
/// Takes random deviations, and keeps them as a schedule. Time that passes while somebody could go on is a slow machine, and as rare as a fault: where there is no end to it,
/// whatever has a time-out fails until its attempts are used up.
/// </summary>
internal sealed class RandomChooser(Random random, int maxTroubles) : IChooser
{
    // Troubles are rare enough for a run to get somewhere, switches often enough to mix.
    private const double TroubleRate = 0.08;
    private const double SwitchRate = 0.25;

    private int _troubles;

    public Schedule Schedule { get; private set; } = Schedule.Undisturbed;

    public int? Choose(int step, IReadOnlyList<Choice> choices, ulong state)
    {
        var withTrouble = _troubles < maxTroubles && random.NextDouble() < TroubleRate;
        var withSwitch = random.NextDouble() < SwitchRate;
        int[] fitting = [.. Enumerable.Range(0, choices.Count).Where(index => IsTrouble(choices[index]) == withTrouble && (withSwitch || !choices[index].IsSwitch || IsSlow(choices[index])))];
        var index = fitting.Length == 0 ? 0 : fitting[random.Next(fitting.Length)];
        if (index > 0)
        {
            Schedule = Schedule.Then(step, index, choices[index]);
            _troubles += IsTrouble(choices[index]) ? 1 : 0;
        }

        return index;
    }

    private static bool IsTrouble(Choice choice) => choice.Fault is not null || IsSlow(choice);

    private static bool IsSlow(Choice choice) => choice.Point is null && choice.IsSwitch;
}
