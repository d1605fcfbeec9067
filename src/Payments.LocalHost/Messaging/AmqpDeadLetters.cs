using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Payments.DeadLetters;

namespace Payments.LocalHost.Messaging;

/// <summary>The dead-letter queues, by AMQP, so that they are served for any broker that the host is pointed at.</summary>
internal sealed class AmqpDeadLetters(BusConnection connection) : IDeadLetters
{
    private const int MaxListed = 100;
    private const int MaxLocked = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NextPatience = TimeSpan.FromSeconds(1);

    // What the broker adds to a dead letter, and what the message that goes back does not have.
    private static readonly string[] Marks = ["DeadLetterReason", "DeadLetterErrorDescription"];

    public Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<DeadLetter>>(async () =>
        [.. (await PeekAsync(queue, 0, MaxListed, cancellationToken)).Select(message =>
        {
            var properties = BusMessages.PropertiesOf(message);
            return new DeadLetter(
                BusMessages.SequenceNumberOf(message),
                BusMessages.IdOf(message),
                message.Properties?.GroupId,
                message.Properties?.Subject,
                BusMessages.EnqueuedAtOf(message),
                BusMessages.DeliveriesOf(message),
                properties.GetValueOrDefault(Marks[0]) as string,
                properties.GetValueOrDefault(Marks[1]) as string,
                System.Text.Encoding.UTF8.GetString(BusMessages.BodyOf(message)));
        })]);

    public Task<bool> ResubmitAsync(string queue, long sequenceNumber, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var peeked = await PeekAsync(queue, sequenceNumber, 1, cancellationToken);
        return peeked is [var found] && BusMessages.SequenceNumberOf(found) == sequenceNumber && await ResubmitLockedAsync(queue, sequenceNumber, cancellationToken);
    });

    private static string DeadLettersOf(string queue) => $"{queue}/$deadletterqueue";

    // A dead letter is locked by receiving: the ones in front of it are given back.
    private async Task<bool> ResubmitLockedAsync(string queue, long sequenceNumber, CancellationToken cancellationToken)
    {
        var session = new Session(await connection.GetAsync(cancellationToken));
        try
        {
            var receiver = new ReceiverLink(
                session,
                $"dead-letters-{Guid.NewGuid():N}",
                new Attach
                {
                    Source = new Source { Address = DeadLettersOf(queue) },
                    Target = new Target { Address = "resubmission" },
                    SndSettleMode = SenderSettleMode.Unsettled,
                    RcvSettleMode = ReceiverSettleMode.Second,
                },
                null);
            var others = new List<Message>();
            try
            {
                while (others.Count < MaxLocked)
                {
                    receiver.SetCredit(1, autoRestore: false);
                    if (await receiver.ReceiveAsync(NextPatience).WaitAsync(cancellationToken) is not { } letter)
                    {
                        return false;
                    }

                    if (BusMessages.SequenceNumberOf(letter) != sequenceNumber)
                    {
                        others.Add(letter);
                        continue;
                    }

                    // Sent before it is taken away: dying between the two leaves both, and consumers apply the event once all the same.
                    var sender = new SenderLink(session, $"resubmit-{Guid.NewGuid():N}", queue);
                    await sender.SendAsync(Copy(letter)).WaitAsync(Patience, cancellationToken);
                    receiver.Accept(letter);
                    return true;
                }

                return false;
            }
            finally
            {
                others.ForEach(receiver.Release);
                if (!receiver.IsClosed)
                {
                    await receiver.CloseAsync(Patience, null);
                }
            }
        }
        finally
        {
            if (!session.IsClosed)
            {
                await session.CloseAsync(Patience, null);
            }
        }
    }

    private static Message Copy(Message letter)
    {
        var copy = new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties
            {
                // Another id than before: within its window the broker would drop the known one as a duplicate. Consumers go by the event's id.
                MessageId = $"resubmitted-{Guid.NewGuid():N}",
                ContentType = letter.Properties?.ContentType,
                Subject = letter.Properties?.Subject,
                GroupId = letter.Properties?.GroupId,
                CorrelationId = letter.Properties?.GetCorrelationId()?.ToString() ?? BusMessages.IdOf(letter),
            },
            BodySection = letter.BodySection,
            ApplicationProperties = new ApplicationProperties(),
        };
        foreach (var (name, value) in BusMessages.PropertiesOf(letter).Where(property => !Marks.Contains(property.Key)))
        {
            copy.ApplicationProperties[name] = value;
        }

        return copy;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (BusFailure.IsOne(exception))
        {
            throw new BrokerUnavailableException(exception.Message, exception);
        }
    }

    private async Task<List<Message>> PeekAsync(string queue, long from, int count, CancellationToken cancellationToken)
    {
        var (status, body) = await BusRequests.RequestAsync(
            await connection.GetAsync(cancellationToken),
            DeadLettersOf(queue),
            "com.microsoft:peek-message",
            new Map { ["from-sequence-number"] = from, ["message-count"] = count },
            linkName: null,
            cancellationToken);
        return status switch
        {
            200 => [.. ((System.Collections.IEnumerable)body["messages"]).Cast<Map>().Select(entry => Decode((byte[])entry["message"]))],
            204 => [],
            _ => throw new BrokerUnavailableException($"The broker answered {status} when it was asked for dead letters."),
        };
    }

    private static Message Decode(byte[] bytes) => Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
}
