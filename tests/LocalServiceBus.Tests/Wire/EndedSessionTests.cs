using System.Text;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.OfficialClient;

namespace LocalServiceBus.Tests.Wire;

/// <summary>What a client of many threads says on a session that another of them has just ended.</summary>
public sealed class EndedSessionTests : IAsyncLifetime
{
    private LocalServiceBusServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = OfficialClientScenarios.Queues });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public static TheoryData<string> LateWords => ["flow", "disposition", "detach", "end"];

    [Theory]
    [MemberData(nameof(LateWords))]
    public async Task Late_word_on_an_ended_session_is_passed_over_and_the_channel_serves_again(string late)
    {
        var answer = await AnswerAsync(
        [
            .. RawClient.Frame(Begin()),
            .. RawClient.Frame(new End()),
            .. RawClient.Frame(Late(late)),
            .. RawClient.Frame(Begin()),
            .. RawClient.Frame(new Flow { NextIncomingId = 1, IncomingWindow = 1, NextOutgoingId = 1, OutgoingWindow = 1 }),
        ]);
        Assert.DoesNotContain("amqp:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(LateWords))]
    public async Task Same_word_on_a_session_that_never_was_ends_the_connection(string late) =>
        Assert.Contains("amqp:connection:framing-error", await AnswerAsync(RawClient.Frame(Late(late))), StringComparison.Ordinal);

    private static Begin Begin() => new() { NextOutgoingId = 1, IncomingWindow = 1000, OutgoingWindow = 1000 };

    private static Described Late(string word) => word switch
    {
        "flow" => new Flow { Handle = 0, DeliveryCount = 0, LinkCredit = 1, NextIncomingId = 1, IncomingWindow = 1000, NextOutgoingId = 1, OutgoingWindow = 1000 },
        "disposition" => new Dispose { Role = true, First = 0, Last = 0, Settled = true, State = new Accepted() },
        "detach" => new Detach { Handle = 0, Closed = true },
        _ => new End(),
    };

    private async Task<string> AnswerAsync(byte[] frames)
    {
        using var client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync([.. RawClient.AmqpHeader, .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" }), .. frames, .. RawClient.Frame(new Close())]);
        return Encoding.Latin1.GetString(await client.ReadToEndAsync());
    }
}
