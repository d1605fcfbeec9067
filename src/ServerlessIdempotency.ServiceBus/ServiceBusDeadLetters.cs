using System.Text;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox.DeadLetters;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>The dead-letter queues of Service Bus, by the rights that the app has anyway: receiving from its queues and sending to them.</summary>
internal sealed class ServiceBusDeadLetters(ServiceBusClient client) : IDeadLetters
{
    private const int MaxListed = 100;
    private const int MaxLocked = 1_000;
    private const int LockedAtOnce = 50;

    private static readonly TimeSpan NextTimeout = TimeSpan.FromSeconds(1);

    public Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<DeadLetter>>(async () =>
    {
        await using var receiver = Receiver(queue);
        var letters = new List<DeadLetter>();
        long? from = 0;
        while (letters.Count < MaxListed)
        {
            // A page may be shorter than what was asked for and yet be followed by more: only an empty one ends the list.
            var page = await receiver.PeekMessagesAsync(MaxListed - letters.Count, from, cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            letters.AddRange(page.Select(ToDeadLetter));
            from = page[^1].SequenceNumber + 1;
        }

        return letters;
    });

    public Task<bool> ResubmitAsync(string queue, long sequenceNumber, CancellationToken cancellationToken) => TakeAsync(
        queue,
        sequenceNumber,
        async letter =>
        {
            // Sent before it is taken away: dying between the two leaves both, and consumers apply the event once all the same.
            await using var sender = client.CreateSender(queue);
            await sender.SendMessageAsync(Copy(letter), cancellationToken);
        },
        cancellationToken);

    public Task<bool> DiscardAsync(string queue, long sequenceNumber, Func<DeadLetter, CancellationToken, Task> keep, CancellationToken cancellationToken) =>
        TakeAsync(queue, sequenceNumber, letter => keep(ToDeadLetter(letter), cancellationToken), cancellationToken);

    private Task<bool> TakeAsync(string queue, long sequenceNumber, Func<ServiceBusReceivedMessage, Task> before, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await using var receiver = Receiver(queue);
        return await receiver.PeekMessageAsync(sequenceNumber, cancellationToken) is { } found
            && found.SequenceNumber == sequenceNumber
            && await TakeLockedAsync(receiver, sequenceNumber, before, cancellationToken);
    });

    // A dead letter is locked by receiving: the ones in front of it are given back, and so is the letter itself where it is not taken away.
    private static async Task<bool> TakeLockedAsync(ServiceBusReceiver receiver, long sequenceNumber, Func<ServiceBusReceivedMessage, Task> before, CancellationToken cancellationToken)
    {
        var locked = new List<ServiceBusReceivedMessage>();
        try
        {
            while (locked.Count < MaxLocked)
            {
                var batch = await receiver.ReceiveMessagesAsync(LockedAtOnce, NextTimeout, cancellationToken);
                locked.AddRange(batch);
                if (batch.FirstOrDefault(letter => letter.SequenceNumber == sequenceNumber) is { } letter)
                {
                    await before(letter);
                    await receiver.CompleteMessageAsync(letter, CancellationToken.None);
                    locked.Remove(letter);
                    return true;
                }

                if (batch.Count == 0)
                {
                    return false;
                }
            }

            return false;
        }
        finally
        {
            await GiveBackAsync(receiver, locked);
        }
    }

    private static async Task GiveBackAsync(ServiceBusReceiver receiver, List<ServiceBusReceivedMessage> letters)
    {
        try
        {
            await Task.WhenAll(letters.Select(letter => receiver.AbandonMessageAsync(letter, cancellationToken: CancellationToken.None)));
        }
        catch (Exception exception) when (IsBrokerFailure(exception))
        {
            // Their locks end by themselves.
        }
    }

    private static ServiceBusMessage Copy(ServiceBusReceivedMessage letter) => new(letter)
    {
        // Another id than before: within its window the broker would drop the known one as a duplicate. Consumers go by the event's id.
        MessageId = $"resubmitted-{Guid.NewGuid():N}",
        CorrelationId = letter.CorrelationId ?? letter.MessageId,
    };

    private static DeadLetter ToDeadLetter(ServiceBusReceivedMessage letter) => new(
        letter.SequenceNumber,
        letter.MessageId,
        letter.SessionId,
        letter.Subject,
        letter.EnqueuedTime,
        letter.DeliveryCount,
        letter.DeadLetterReason,
        letter.DeadLetterErrorDescription,
        Encoding.UTF8.GetString(letter.ToInboundMessage().Body.Span));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (IsBrokerFailure(exception))
        {
            throw new BrokerUnavailableException(exception.Message, exception);
        }
    }

    private static bool IsBrokerFailure(Exception exception) => exception is ServiceBusException || SendFailure.IsBrokerAway(exception);

    private ServiceBusReceiver Receiver(string queue) => client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
}
