namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>How much there is of everything.</summary>
internal sealed record StormScale(int Accounts, int EventsEach, int Kills)
{
    /// <summary>Set to 1 for the whole of it: 2,000 events of 50 accounts, for which the suite of every build has no time.</summary>
    private const string WholeSwitch = "EVENT_STORM_WHOLE";

    public static StormScale Chosen { get; } = Environment.GetEnvironmentVariable(WholeSwitch) == "1"
        ? new StormScale(Accounts: 50, EventsEach: 40, Kills: 12)
        : new StormScale(Accounts: 10, EventsEach: 12, Kills: 2);
}
