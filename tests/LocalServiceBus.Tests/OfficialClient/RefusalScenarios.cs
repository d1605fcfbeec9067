namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>scenarios/refusals.mjs</summary>
public sealed class RefusalScenarios(NodeClient node) : OfficialClientScenarios(node)
{
    [Fact]
    public Task Unknown_queue_is_entity_not_found() => PlayAsync();

    [Fact]
    public Task Message_without_session_id_is_refused() => PlayAsync();

    [Fact]
    public Task Session_queue_refuses_a_plain_receiver() => PlayAsync();

    [Fact]
    public Task Plain_queue_refuses_a_session() => PlayAsync();

    [Fact]
    public Task Unknown_deferred_message_is_not_found() => PlayAsync();

    [Fact]
    public Task One_connection_serves_many_queues() => PlayAsync();
}
