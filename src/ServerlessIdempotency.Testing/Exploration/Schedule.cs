using System.Globalization;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>
/// A run, named by the steps at which it does not do what it would do by itself. Each run has exactly one such name, so going from a run to those with one more
/// deviation, later than its last one, meets every run once.
/// </summary>
/// <param name="Before">The run with one deviation less; null for the undisturbed one.</param>
/// <param name="Step">The step of the last deviation.</param>
/// <param name="Index">Which choice is taken there.</param>
/// <param name="Tag">By what the choice is known again; null where it is not checked.</param>
/// <param name="Cost">The sum of its deviations.</param>
internal sealed record Schedule(Schedule? Before, int Step, int Index, int? Tag, Cost Cost)
{
    public static Schedule Undisturbed { get; } = new(null, -1, 0, null, default);

    public IReadOnlyList<Schedule> Deviations
    {
        get
        {
            var deviations = new List<Schedule>();
            for (var schedule = this; schedule.Before is not null; schedule = schedule.Before)
            {
                deviations.Add(schedule);
            }

            deviations.Reverse();
            return deviations;
        }
    }

    public Schedule Then(int step, int index, Choice choice) => new(this, step, index, choice.Tag, Cost.With(choice));

    public static Schedule Of(IEnumerable<Schedule> deviations) =>
        deviations.Aggregate(Undisturbed, (schedule, next) => new Schedule(schedule, next.Step, next.Index, null, next.Cost));

    /// <exception cref="FormatException">It is no schedule.</exception>
    public static Schedule Parse(string text)
    {
        var schedule = Undisturbed;
        foreach (var part in text.Split('-', StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = part.Split('.');
            if (numbers.Length != 2
                || !int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                || !int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || step <= schedule.Step)
            {
                throw new FormatException($"'{text}' is no schedule: copy it whole from the message of the failure.");
            }

            schedule = new Schedule(schedule, step, index, null, default);
        }

        return schedule;
    }

    public override string ToString() => string.Join('-', Deviations.Select(deviation => string.Create(CultureInfo.InvariantCulture, $"{deviation.Step}.{deviation.Index}")));
}
