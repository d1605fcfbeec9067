using System.Globalization;
using System.Text.Json.Nodes;

namespace Infra.Tests;

public sealed class HostSettingsTests
{
    private static readonly JsonObject Host = Repository.ReadJson("host.json");
    private static readonly JsonObject ServiceBus = Host["extensions"]!["serviceBus"]!.AsObject();

    [Fact]
    public void Messages_are_completed_by_the_app_and_not_fetched_ahead()
    {
        // Completed by the host, a message would be gone before its effects are known to be committed.
        Assert.False((bool)ServiceBus["autoCompleteMessages"]!);
        // A message that waits in a buffer uses up its lock.
        Assert.Equal(0, (int)ServiceBus["prefetchCount"]!);
    }

    [Fact]
    public void Locks_are_renewed_for_hours_since_that_counts_from_the_acceptance_of_a_session()
    {
        // An account that is never idle would lose its session in the middle of a message each time; functionTimeout ends each run.
        Assert.InRange(Duration(ServiceBus["maxAutoLockRenewalDuration"]), TimeSpan.FromHours(6), TimeSpan.FromDays(1));
        Assert.InRange(Duration(Host["functionTimeout"]), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void An_idle_session_gives_its_place_to_another_well_before_its_lock_ends()
    {
        Assert.All(ServiceBusFile.Queues.Values, properties =>
            Assert.True(Duration(ServiceBus["sessionIdleTimeout"]) < ServiceBusFile.Duration(properties["LockDuration"]) / 2));
        Assert.InRange((int)ServiceBus["maxConcurrentSessions"]!, 1, 64);
    }

    [Fact]
    public void A_redelivered_message_is_dead_lettered_only_after_every_attempt_could_run_to_its_timeout()
    {
        // Renewal stretches an attempt to functionTimeout: the slowest possible chain of attempts must end within the
        // days that a processed event is known.
        var retention = Duration(Repository.ReadJson("local.settings.sample.json")["Values"]!["Inbox__Retention"]);

        Assert.All(ServiceBusFile.Queues.Values, properties => Assert.True(
            (int)properties["MaxDeliveryCount"]! * (Duration(Host["functionTimeout"]) + ServiceBusFile.Duration(properties["LockDuration"]))
            < retention - TimeSpan.FromDays(7)));
    }

    [Fact]
    public void Routes_are_written_out_and_telemetry_is_open()
    {
        Assert.Equal("", (string)Host["extensions"]!["http"]!["routePrefix"]!);
        Assert.Equal("OpenTelemetry", (string)Host["telemetryMode"]!);
    }

    private static TimeSpan Duration(JsonNode? value) => TimeSpan.Parse((string)value!, CultureInfo.InvariantCulture);
}
