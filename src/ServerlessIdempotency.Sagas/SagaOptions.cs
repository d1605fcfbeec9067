using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Sagas;

/// <summary>How sagas are advanced and found.</summary>
public sealed class SagaOptions
{
    /// <summary>The queue of wake-ups (<see cref="SagaWakeUp"/>). Its session id is the saga's id. Default <c>saga-advance</c>.</summary>
    public string AdvanceQueue { get; set; } = "saga-advance";

    /// <summary>Whose sagas these are; apps of other names that share tables, or even partitions, neither wake nor list them. Default the outbox's <see cref="Outbox.OutboxOptions.AppName"/>.</summary>
    public string? AppName { get; set; }

    /// <summary>
    /// How long a saga is kept after its end, and a decision after the saga's time, where <c>AddPurge</c> is told their table. Default zero: for good. Range 1 day to 10 years.
    /// </summary>
    public TimeSpan Retention { get; set; }

    /// <summary>The table that names the parked sagas. Default <c>ParkedSagas</c>.</summary>
    public string ParkedTable { get; set; } = "ParkedSagas";

    /// <summary>
    /// How much longer than its step's own time an instance holds a saga: the time to commit what came of it, resends included. Default 30 s, range 1 s to 1 h.
    /// </summary>
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How far the clocks of two instances may differ: a lease is taken over only this long after it ran out. Default 1 s, range 0 to 60 s.</summary>
    public TimeSpan ClockSkewMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after a saga should have been woken its wake-up counts as lost and is committed again. One too early costs a message and nothing else. Default 5 min,
    /// range 1 s to 1 day.
    /// </summary>
    public TimeSpan WakeAgainAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often this process looks for sagas that were not woken. Default 1 min, range 1 s to 1 h; zero, here or in the outbox's own setting, where something else calls <see cref="SagaSweeper.SweepAsync"/>, such as a timer trigger.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many partitions a sweep looks into at the same time. Default 8, range 1 to 64.</summary>
    public int SweepConcurrency { get; set; } = 8;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Sagas")
        .QueueNamed(AdvanceQueue)
        .If(!AppNames.IsValid(AppName), $"AppName is '{AppName}': name the app by up to 128 letters, digits, '.', '-' and '_'.")
        .Between(Retention, TimeSpan.FromDays(1), TimeSpan.FromDays(3_653), (TimeSpan.Zero, "to keep all"))
        .TableNamed(ParkedTable)
        .Between(LeaseMargin, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .Between(ClockSkewMargin, TimeSpan.Zero, TimeSpan.FromSeconds(60))
        .Between(WakeAgainAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
        .Between(SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), (TimeSpan.Zero, "to sweep by yourself"))
        .Between(SweepConcurrency, 1, 64);
}
