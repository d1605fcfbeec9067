namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>scenarios/time.mjs</summary>
public sealed class TimeScenarios(NodeClient node) : OfficialClientScenarios(node)
{
    [Fact]
    public Task Lapsed_lock_is_lost() => PlayAsync();

    [Fact]
    public Task Settling_twice_is_message_lock_lost() => PlayAsync();

    [Fact]
    public Task Renewed_lock_holds() => PlayAsync();

    [Fact]
    public Task Renewing_a_lapsed_lock_is_message_lock_lost() => PlayAsync();

    [Fact]
    public Task Lapsed_locks_dead_letter_in_the_end() => PlayAsync();

    [Fact]
    public Task Expired_message_is_dropped() => PlayAsync();

    [Fact]
    public Task Expired_message_is_dead_lettered() => PlayAsync();

    [Fact]
    public Task Lock_keeps_a_message_alive() => PlayAsync();
}
