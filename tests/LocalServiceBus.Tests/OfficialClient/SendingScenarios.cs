namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>scenarios/sending.mjs</summary>
public sealed class SendingScenarios(NodeClient node) : OfficialClientScenarios(node)
{
    [Fact]
    public Task Message_keeps_what_its_sender_wrote() => PlayAsync();

    [Fact]
    public Task Messages_keep_their_order() => PlayAsync();

    [Fact]
    public Task Message_without_an_id_gets_one() => PlayAsync();

    [Fact]
    public Task Batch_arrives_whole() => PlayAsync();

    [Fact]
    public Task Large_message_travels_in_many_frames() => PlayAsync();

    [Fact]
    public Task Too_large_message_is_refused() => PlayAsync();

    [Fact]
    public Task Full_batch_takes_no_more() => PlayAsync();

    [Fact]
    public Task Duplicate_inside_the_window_is_dropped() => PlayAsync();

    [Fact]
    public Task Scheduled_message_comes_when_due() => PlayAsync();

    [Fact]
    public Task Scheduled_send_comes_when_due() => PlayAsync();

    [Fact]
    public Task Cancelled_message_never_comes() => PlayAsync();

    [Fact]
    public Task Cancelling_twice_is_message_not_found() => PlayAsync();

    [Fact]
    public Task Peek_shows_without_taking() => PlayAsync();

    [Fact]
    public Task Peek_reaches_dead_letters_by_any_letter_case() => PlayAsync();
}
