using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.DotNetClient;

public sealed class SessionListTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task Without_a_moment_the_sessions_with_messages_or_a_state_are_listed()
    {
        await using var bus = await DotNetBus.StartAsync(time: _clock);
        await FillAsync(bus);

        Assert.Equal(["early", "late", "messages"], await ListAsync(bus.Client.GetMessageSessionsAsync(DotNetBus.Sessions)));
    }

    [Fact]
    public async Task With_a_moment_the_sessions_whose_state_was_set_after_it_are()
    {
        await using var bus = await DotNetBus.StartAsync(time: _clock);
        var (first, second) = await FillAsync(bus);

        Assert.Equal(["early", "late"], await ListAsync(bus.Client.GetMessageSessionsAsync(DotNetBus.Sessions, first.AddMinutes(-1))));
        Assert.Equal(["late"], await ListAsync(bus.Client.GetMessageSessionsAsync(DotNetBus.Sessions, second.AddMinutes(-1))));
        Assert.Empty(await ListAsync(bus.Client.GetMessageSessionsAsync(DotNetBus.Sessions, second.AddMinutes(1))));
    }

    [Fact]
    public async Task More_sessions_than_a_page_are_all_listed()
    {
        await using var bus = await DotNetBus.StartAsync(time: _clock);
        await bus.Client.CreateSender(DotNetBus.Sessions).SendMessagesAsync(Enumerable.Range(0, 250).Select(number => new ServiceBusMessage("a") { SessionId = $"s-{number:000}" }));

        Assert.Equal(Enumerable.Range(0, 250).Select(number => $"s-{number:000}"), await ListAsync(bus.Client.GetMessageSessionsAsync(DotNetBus.Sessions)));
    }

    private async Task<(DateTimeOffset First, DateTimeOffset Second)> FillAsync(DotNetBus bus)
    {
        await bus.Client.CreateSender(DotNetBus.Sessions).SendMessageAsync(new ServiceBusMessage("a") { SessionId = "messages" });
        var first = _clock.GetUtcNow();
        await SetStateAsync(bus, "early");
        _clock.Advance(TimeSpan.FromMinutes(10));
        var second = _clock.GetUtcNow();
        await SetStateAsync(bus, "late");
        return (first, second);
    }

    private static async Task SetStateAsync(DotNetBus bus, string session)
    {
        await using var receiver = await bus.Client.AcceptSessionAsync(DotNetBus.Sessions, session);
        await receiver.SetSessionStateAsync(BinaryData.FromString("state"));
    }

    private static async Task<List<string>> ListAsync(IAsyncEnumerable<string> sessions)
    {
        var found = new List<string>();
        await foreach (var session in sessions)
        {
            found.Add(session);
        }

        return found;
    }
}
