namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>scenarios/sessions.mjs</summary>
public sealed class SessionScenarios(NodeClient node) : OfficialClientScenarios(node)
{
    [Fact]
    public Task Session_keeps_its_order() => PlayAsync();

    [Fact]
    public Task Abandoned_session_message_comes_first() => PlayAsync();

    [Fact]
    public Task Session_can_be_held_before_it_has_messages() => PlayAsync();

    [Fact]
    public Task Held_session_cannot_be_locked() => PlayAsync();

    [Fact]
    public Task Closed_session_is_free_at_once() => PlayAsync();

    [Fact]
    public Task Next_session_waits_for_one() => PlayAsync();

    [Fact]
    public Task No_next_session_is_service_timeout() => PlayAsync();

    [Fact]
    public Task Session_state_outlives_its_holder() => PlayAsync();

    [Fact]
    public Task Renewed_session_lock_holds() => PlayAsync();

    [Fact]
    public Task Lapsed_session_lock_is_lost() => PlayAsync();

    [Fact]
    public Task Deferred_session_message_comes_to_its_holder() => PlayAsync();

    [Fact]
    public Task Session_peek_sees_its_own_only() => PlayAsync();

    [Fact]
    public Task Dead_letter_of_a_session_is_taken_without_one() => PlayAsync();

    [Fact]
    public Task Sessions_are_received_and_deleted() => PlayAsync();
}
