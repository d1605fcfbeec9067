using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox.DeadLetters;

namespace ServerlessIdempotency.ServiceBus.Tests;

public sealed class ServiceBusDeadLettersTests : IAsyncLifetime
{
    private Bus _bus = null!;

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Fact]
    public async Task Dead_letters_are_listed_with_their_reasons_and_stay_where_they_are()
    {
        await DeadLetterAsync("m-1", "UnknownType", "No consumer knows it.");
        await DeadLetterAsync("m-2", "DataInvalid", "It lacks a time.");

        for (var look = 0; look < 2; look++)
        {
            var letters = await _bus.DeadLetters.ListAsync(Bus.Sessions, default);
            Assert.Equal([("m-1", "UnknownType", "No consumer knows it."), ("m-2", "DataInvalid", "It lacks a time.")], letters.Select(letter => (letter.MessageId!, letter.Reason!, letter.Description!)));
            Assert.All(letters, letter => Assert.Equal(("session-1", "told", "body"), (letter.SessionId, letter.Subject, letter.Body)));
        }
    }

    [Fact]
    public async Task A_resubmitted_dead_letter_loses_its_marks_and_the_other_letters_stay()
    {
        await DeadLetterAsync("m-1", "A", "a");
        await DeadLetterAsync("m-2", "B", "b");
        await DeadLetterAsync("m-3", "C", "c");
        var second = (await _bus.DeadLetters.ListAsync(Bus.Sessions, default))[1];

        Assert.True(await _bus.DeadLetters.ResubmitAsync(Bus.Sessions, second.SequenceNumber, default));

        var message = await _bus.ReceiveAsync("session-1");
        Assert.Equal(("m-2", "told", "body"), (message.CorrelationId, message.Subject, message.Body.ToString()));

        // Within its window the broker would drop the id that it knows.
        Assert.NotEqual("m-2", message.MessageId);
        Assert.Equal(["tenant"], message.ApplicationProperties.Keys);
        Assert.Equal(["m-1", "m-3"], (await _bus.DeadLetters.ListAsync(Bus.Sessions, default)).Select(letter => letter.MessageId));
    }

    [Fact]
    public async Task What_is_no_dead_letter_is_not_resubmitted()
    {
        await DeadLetterAsync("m-1", "A", "a");
        var letter = Assert.Single(await _bus.DeadLetters.ListAsync(Bus.Sessions, default));

        Assert.False(await _bus.DeadLetters.ResubmitAsync(Bus.Sessions, letter.SequenceNumber + 1, default));
        Assert.Single(await _bus.DeadLetters.ListAsync(Bus.Sessions, default));
    }

    [Fact]
    public async Task A_discarded_dead_letter_is_kept_first_and_then_gone_and_the_others_stay()
    {
        await DeadLetterAsync("m-1", "A", "a");
        await DeadLetterAsync("m-2", "B", "b");
        await DeadLetterAsync("m-3", "C", "c");
        var second = (await _bus.DeadLetters.ListAsync(Bus.Sessions, default))[1];
        DeadLetter? kept = null;

        Assert.True(await _bus.DeadLetters.DiscardAsync(Bus.Sessions, second.SequenceNumber, (letter, _) => Task.FromResult(kept = letter), default));

        Assert.Equal(("m-2", "session-1", "B", "b", "body"), (kept?.MessageId, kept?.SessionId, kept?.Reason, kept?.Description, kept?.Body));
        Assert.Equal(["m-1", "m-3"], (await _bus.DeadLetters.ListAsync(Bus.Sessions, default)).Select(letter => letter.MessageId));
        Assert.False(await _bus.DeadLetters.DiscardAsync(Bus.Sessions, second.SequenceNumber, (_, _) => throw new NotSupportedException(), default));
    }

    // Guards the order of the two, and that the letter is given back: it is not held until its lock ends.
    [Fact]
    public async Task A_dead_letter_that_can_not_be_kept_stays_and_can_be_discarded_at_once()
    {
        await DeadLetterAsync("m-1", "A", "a");
        var number = Assert.Single(await _bus.DeadLetters.ListAsync(Bus.Sessions, default)).SequenceNumber;

        await Assert.ThrowsAsync<InvalidDataException>(() => _bus.DeadLetters.DiscardAsync(Bus.Sessions, number, (_, _) => throw new InvalidDataException(), default));
        Assert.Single(await _bus.DeadLetters.ListAsync(Bus.Sessions, default));
        Assert.True(await _bus.DeadLetters.DiscardAsync(Bus.Sessions, number, (_, _) => Task.CompletedTask, default));
        Assert.Empty(await _bus.DeadLetters.ListAsync(Bus.Sessions, default));
    }

    [Fact]
    public async Task A_broker_that_is_away_is_told_as_such()
    {
        await _bus.DeadLetters.ListAsync(Bus.Sessions, default);
        await _bus.StopBrokerAsync();

        await Assert.ThrowsAsync<BrokerUnavailableException>(() => _bus.DeadLetters.ListAsync(Bus.Sessions, default));
    }

    private async Task DeadLetterAsync(string id, string reason, string description)
    {
        await using var sender = _bus.Client.CreateSender(Bus.Sessions);
        await sender.SendMessageAsync(new ServiceBusMessage("body") { MessageId = id, SessionId = "session-1", Subject = "told", ApplicationProperties = { ["tenant"] = "ada" } });
        await using var receiver = await _bus.Client.AcceptSessionAsync(Bus.Sessions, "session-1");
        var message = await receiver.ReceiveMessageAsync(Bus.MaxWait);
        await receiver.DeadLetterMessageAsync(message, reason, description);
    }
}
