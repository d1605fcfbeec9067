using System.Collections.Concurrent;
using System.Text;
using ServerlessIdempotency.Outbox;

namespace TestDoubles.Outbox;

/// <summary>A broker that keeps everything it was sent, in order, duplicates too.</summary>
internal sealed class FakeBroker
{
    private readonly ConcurrentQueue<OutboundMessage> _received = new();

    /// <summary>Decides about a message before the broker has it; null takes it.</summary>
    public Func<OutboundMessage, CancellationToken, Task<SendOutcome?>>? Decide { get; set; }

    public IReadOnlyList<OutboundMessage> Received => [.. _received];

    public IReadOnlyList<string> Bodies => [.. _received.Select(Text)];

    /// <summary>What a receiver applies that tells duplicates by their MessageId.</summary>
    public IReadOnlyList<string> DistinctBodies => [.. _received.DistinctBy(message => message.MessageId).Select(Text)];

    public IMessageSender Connect(CallGate gate) => new Connection(this, gate);

    public static string Text(OutboundMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private sealed class Connection(FakeBroker broker, CallGate gate) : IMessageSender
    {
        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => gate.PassAsync($"send {Text(message)}", async () =>
        {
            if (broker.Decide is { } decide && await decide(message, cancellationToken) is { } outcome)
            {
                return outcome;
            }

            broker._received.Enqueue(message);
            return new SendOutcome.Sent();
        });
    }
}
