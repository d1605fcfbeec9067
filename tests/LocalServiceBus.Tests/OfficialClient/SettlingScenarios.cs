namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>scenarios/settling.mjs</summary>
public sealed class SettlingScenarios(NodeClient node) : OfficialClientScenarios(node)
{
    [Fact]
    public Task Completed_message_is_gone() => PlayAsync();

    [Fact]
    public Task Received_and_deleted_message_is_gone() => PlayAsync();

    [Fact]
    public Task Abandoned_message_comes_back_changed() => PlayAsync();

    [Fact]
    public Task Abandoned_message_keeps_its_place() => PlayAsync();

    [Fact]
    public Task Dead_letter_tells_reason_and_description() => PlayAsync();

    [Fact]
    public Task Too_many_deliveries_dead_letter() => PlayAsync();

    [Fact]
    public Task Dead_letters_are_forwarded() => PlayAsync();

    [Fact]
    public Task Deferred_message_comes_by_number_only() => PlayAsync();

    [Fact]
    public Task Deferred_message_stays_deferred_when_abandoned() => PlayAsync();

    [Fact]
    public Task Subscription_receives_and_settles() => PlayAsync();

    [Fact]
    public Task Receivers_share_a_queue() => PlayAsync();

    [Fact]
    public Task Lock_survives_its_receiver() => PlayAsync();
}
